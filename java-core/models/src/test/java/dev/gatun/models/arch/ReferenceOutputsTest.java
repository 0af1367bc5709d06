package dev.gatun.models.arch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.formats.ModelFiles;
import dev.gatun.graph.ModelSource;
import dev.gatun.models.eval.Agreement;
import dev.gatun.models.eval.EvalData;
import dev.gatun.models.eval.InterpreterPass;
import dev.gatun.models.eval.ReferenceCheck;
import dev.gatun.models.eval.ReferenceOutputs;
import dev.gatun.tensor.DType;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every architecture, run by the reference interpreter, gives what llama.cpp gives; see the README
 * of the test resources {@code archs}.
 */
class ReferenceOutputsTest {
  /** llama.cpp in single precision is within 4e-5 of exact arithmetic. */
  private static final double TOLERANCE = 1e-4;

  /** Difference of the two largest references from which on their order is certain. */
  private static final double MARGIN = 4e-3;

  private static final int SHORT = 0;
  private static final int LONG = 1;

  static Stream<Arguments> decoders() throws IOException {
    return cases(reference -> !isEncoder(reference));
  }

  static Stream<Arguments> encoders() throws IOException {
    return cases(ReferenceOutputsTest::isEncoder);
  }

  @ParameterizedTest
  @MethodSource("decoders")
  void decoderInOneBatch(ReferenceOutputs reference) {
    check(reference, ReferenceCheck::whole);
  }

  @ParameterizedTest
  @MethodSource("decoders")
  void decoderInChunks(ReferenceOutputs reference) {
    check(reference, check -> check.chunks(LONG, 13));
  }

  @ParameterizedTest
  @MethodSource("decoders")
  void decoderTokenByToken(ReferenceOutputs reference) {
    check(reference, check -> check.chunks(SHORT, 1));
  }

  @ParameterizedTest
  @MethodSource("decoders")
  void decoderWithSequencesMixed(ReferenceOutputs reference) {
    check(reference, ReferenceCheck::together);
  }

  @ParameterizedTest
  @MethodSource("decoders")
  void decoderWithFewRowsWanted(ReferenceOutputs reference) {
    check(reference, check -> check.fewRows(SHORT));
  }

  @ParameterizedTest
  @MethodSource("encoders")
  void encoder(ReferenceOutputs reference) {
    check(
        reference,
        check -> reference.pooled() ? check.pooledByMean() : check.whole().plus(check.together()));
  }

  @Test
  void everyArchitectureHasAReference() throws IOException {
    List<String> seen =
        ReferenceOutputs.read(EvalData.archs()).stream()
            .map(ReferenceOutputsTest::architecture)
            .distinct()
            .sorted()
            .toList();
    assertEquals(Architectures.names().stream().sorted().toList(), seen);
  }

  private static void check(
      ReferenceOutputs reference, Function<ReferenceCheck, Agreement> feeding) {
    try (ModelSource source = ModelFiles.open(reference.model())) {
      ModelGraph model =
          Architectures.build(
              source,
              BuildOptions.defaults()
                  .withContextLength(reference.contextLength())
                  .withStateType(DType.F32));
      var check = new ReferenceCheck(new InterpreterPass(model), reference, MARGIN);
      Agreement agreement = feeding.apply(check);
      assertTrue(agreement.vectors() > 1, agreement::toString);
      assertTrue(agreement.within(TOLERANCE), agreement::toString);
    }
  }

  private static boolean isEncoder(ReferenceOutputs reference) {
    return architecture(reference).endsWith("bert");
  }

  private static String architecture(ReferenceOutputs reference) {
    try (ModelSource source = ModelFiles.open(reference.model())) {
      return Hyperparameters.architecture(source);
    }
  }

  private static Stream<Arguments> cases(Predicate<ReferenceOutputs> wanted) throws IOException {
    return ReferenceOutputs.read(EvalData.archs()).stream()
        .filter(wanted)
        .map(reference ->
            Arguments.of(Named.of(reference.name() + " " + reference.result(), reference)));
  }
}
