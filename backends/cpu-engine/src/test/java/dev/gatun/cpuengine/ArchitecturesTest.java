package dev.gatun.cpuengine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.cpuengine.scalar.ScalarKernels;
import dev.gatun.formats.ModelFiles;
import dev.gatun.graph.ModelSource;
import dev.gatun.models.arch.Architectures;
import dev.gatun.models.arch.BuildOptions;
import dev.gatun.models.arch.ModelGraph;
import dev.gatun.models.eval.Agreement;
import dev.gatun.models.eval.ReferenceCheck;
import dev.gatun.models.eval.ReferenceOutputs;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.GraphSlice;
import dev.gatun.runtime.spi.SessionOptions;
import dev.gatun.tensor.DType;
import dev.gatun.testkit.TestContext;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every architecture gives on the engine what llama.cpp gives, however it is fed. */
class ArchitecturesTest {
  private static final double TOLERANCE = 2e-4;
  private static final double MARGIN = 4e-3;
  private static final int CAPACITY = 128;

  static Stream<Arguments> references() throws IOException {
    return ReferenceOutputs.read(Repository.archs()).stream()
        .map(reference ->
            Arguments.of(Named.of(reference.name() + " " + reference.result(), reference)));
  }

  @ParameterizedTest
  @MethodSource("references")
  void asReference(ReferenceOutputs reference) {
    try (ModelSource source = ModelFiles.open(reference.model())) {
      ModelGraph model =
          Architectures.build(
              source,
              BuildOptions.defaults()
                  .withContextLength(reference.contextLength())
                  .withStateType(DType.F32));
      if (reference.pooled()) {
        check(model, reference, ReferenceCheck::pooledByMean);
        return;
      }
      check(model, reference, ReferenceCheck::whole);
      check(model, reference, ReferenceCheck::together);
      if (model.causal()) {
        check(model, reference, check -> check.chunks(1, 13));
        check(model, reference, check -> check.chunks(0, 1));
        check(model, reference, check -> check.fewRows(0));
      }
    }
  }

  private static void check(
      ModelGraph model, ReferenceOutputs reference, Function<ReferenceCheck, Agreement> feeding) {
    try (var context = new TestContext(2);
        var device = TestDevices.of(new ScalarKernels(), context);
        var executable =
            device.compile(GraphSlice.whole(model.graph()), List.of(), CompileOptions.DEFAULT);
        var session = executable.newSession(new SessionOptions(4, 512, CAPACITY, CAPACITY))) {
      var pass = new EnginePass(model.graph(), session, CAPACITY);
      Agreement agreement = feeding.apply(new ReferenceCheck(pass, reference, MARGIN));
      assertTrue(agreement.vectors() > 1, agreement::toString);
      assertTrue(agreement.within(TOLERANCE), agreement::toString);
    }
  }
}
