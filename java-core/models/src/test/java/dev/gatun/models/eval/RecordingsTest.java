package dev.gatun.models.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.formats.ModelFiles;
import dev.gatun.graph.ModelSource;
import dev.gatun.models.arch.Architectures;
import dev.gatun.models.arch.BuildOptions;
import dev.gatun.models.eval.TeacherForcing.Candidate;
import dev.gatun.models.eval.TeacherForcing.Recording;
import dev.gatun.models.eval.TeacherForcing.Score;
import dev.gatun.models.eval.TeacherForcing.Step;
import dev.gatun.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordingsTest {
  @Test
  void theReferenceHoldsWhatItsReadmeSays() throws IOException {
    List<Recording> recordings = Recordings.read(EvalData.recordings());
    assertEquals(11, recordings.size());
    assertEquals(433, recordings.stream().mapToInt(r -> r.steps().size()).sum());
    Step step = recordings.getFirst().steps().getFirst();
    assertEquals(504, step.token());
    assertEquals(5, step.top().size());
    assertEquals(new Candidate(504, -0.12119), step.top().getFirst());
  }

  @Test
  void damagedTablesAreRefusedWithTheLine(@TempDir Path folder) throws IOException {
    Path table = folder.resolve("recordings.tsv");
    for (String line : List.of("1,2", "1\t", "1\t5", "1\t5:6", "x\t5:6=-1", "1\t5:6=-1\t", "\t")) {
      Files.writeString(table, "prompt\tsteps\n" + line + "\n");
      IOException e = assertThrows(IOException.class, () -> Recordings.read(table), line);
      assertTrue(e.getMessage().contains("line 2"), e::getMessage);
    }
  }

  /** The whole reference takes the interpreter most of a minute; it agrees in every step. */
  @Test
  void interpreterAgreesOnTheRealModel() throws IOException {
    Path file = EvalData.smolLm2();
    Recording shortest =
        Recordings.read(EvalData.recordings()).stream()
            .min(Comparator.comparingInt(r -> r.prompt().size() + r.steps().size()))
            .orElseThrow();
    try (ModelSource source = ModelFiles.open(file)) {
      var model = Architectures.build(source, BuildOptions.defaults().withStateType(DType.F32));
      assertEquals(134_515_008, model.parameters());
      Score score = TeacherForcing.score(new InterpreterPass(model), List.of(shortest), 64);
      assertEquals(score.steps(), score.agreeing());
      assertTrue(score.logProbabilityError() < 1e-3, score::toString);
    }
  }
}
