package dev.gatun.cli.validate;

import dev.gatun.cli.output.Units;
import dev.gatun.cli.validate.ValidationReport.Section;
import dev.gatun.quantize.validate.Agreement;
import dev.gatun.quantize.validate.WeightErrors;
import dev.gatun.quantize.validate.WeightErrors.Line;
import dev.gatun.tensor.DType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The weights of two files, ready to be shown. */
final class WeightSections {
  private WeightSections() {}

  /** Tensors whose values differ, worst first. */
  static Section table(WeightErrors errors, int shown) {
    List<List<String>> rows = new ArrayList<>();
    List<Line> changed =
        errors.tensors().stream()
            .filter(line -> !line.agreement().exact())
            .sorted(Comparator.comparingDouble(line -> line.agreement().snr()))
            .toList();
    for (Line line : changed) {
      List<String> row = new ArrayList<>();
      row.add(line.tensor());
      row.add(line.reference().toString());
      row.add(line.candidate().toString());
      row.addAll(cells(line.agreement()));
      rows.add(row);
    }
    int equal = errors.tensors().size() - changed.size();
    return new Section(
        "Weights, worst first (%d of %d tensors decode to the same values)"
            .formatted(equal, errors.tensors().size()),
        List.of("tensor", "from", "to", "SNR dB", "largest error", "cosine"),
        rows,
        shown);
  }

  /** What only one of the files has, and tensors of other shapes. */
  static Optional<Section> differences(WeightErrors errors) {
    List<List<String>> rows = new ArrayList<>();
    errors.missing().forEach(name -> rows.add(List.of(name, "only in the reference")));
    errors.added().forEach(name -> rows.add(List.of(name, "only in the candidate")));
    errors.reshaped().forEach(name -> rows.add(List.of(name, "of another shape")));
    for (Line line : errors.tensors()) {
      if (line.agreement().notFinite() > 0) {
        rows.add(
            List.of(line.tensor(), line.agreement().notFinite() + " values that are not finite"));
      }
    }
    return rows.isEmpty()
        ? Optional.empty()
        : Optional.of(new Section("Tensors that do not match", List.of("tensor", "why"), rows, 20));
  }

  /** SNR, largest error, cosine. */
  static List<String> cells(Agreement agreement) {
    return List.of(
        agreement.exact() ? "exact" : Units.fixed(agreement.snr(), 2),
        String.format(Locale.ROOT, "%.3g", agreement.largest()),
        Units.fixed(agreement.cosine(), 6));
  }

  /** SNR of every tensor, coloured by the candidate's type. */
  static String plot(WeightErrors errors) {
    List<DType> types = errors.tensors().stream().map(Line::candidate).distinct().toList();
    String drawing =
        Plots.dots(
            "tensors in the file's order, coloured by type; up: dB",
            "dB",
            errors.tensors().stream()
                .map(line ->
                    new Plots.Dot(
                        "%s, %s".formatted(line.tensor(), line.candidate()),
                        line.agreement().snr(),
                        "d" + types.indexOf(line.candidate()) % Plots.COLOURS))
                .toList());
    return drawing.isEmpty() ? drawing : Plots.legend(types) + drawing;
  }
}
