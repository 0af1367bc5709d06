package dev.gatun.cli;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Texts of help are formats to picocli: a lone per cent sign makes it print a warning of its own.
 */
class HelpTest {
  private static List<CommandSpec> withSubcommands(CommandLine line) {
    List<CommandSpec> all = new ArrayList<>(List.of(line.getCommandSpec()));
    line.getSubcommands().values().forEach(each -> all.addAll(withSubcommands(each)));
    return all;
  }

  @Test
  void textsAreFormats() {
    List<CommandSpec> all = withSubcommands(Gatun.commandLine(Optional.empty()));
    assertTrue(all.size() > 20);
    for (CommandSpec spec : all) {
      List<String> texts = new ArrayList<>(List.of(spec.usageMessage().description()));
      spec.args().forEach(argument -> texts.addAll(List.of(argument.description())));
      for (String text : texts) {
        assertDoesNotThrow(() -> String.format(text), () -> spec.qualifiedName() + ": " + text);
      }
    }
  }
}
