package dev.gatun.pipelines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.models.eval.Agreement;
import dev.gatun.models.eval.ForwardPass;
import dev.gatun.models.eval.ReferenceCheck;
import dev.gatun.models.eval.ReferenceOutputs;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.runtime.session.Session;
import dev.gatun.runtime.store.LocatedModel;
import dev.gatun.tensor.DType;
import dev.gatun.testkit.device.NullProvider;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every architecture gives llama.cpp's logits on `vector` and on the null device, through the code
 * that pipelines use: in one batch, in chunks, token by token, several sequences together. (The
 * reference interpreter is compared in the module models.)
 */
class ArchitecturesOnDevicesTest {
  private static final double TOLERANCE = 2e-3;
  private static final double MARGIN = 4e-3;

  private static GatunRuntime runtime;

  @BeforeAll
  static void open() {
    runtime = GatunRuntime.builder().provider(new NullProvider()).build();
  }

  @AfterAll
  static void close() {
    runtime.close();
  }

  static List<ReferenceOutputs> cases() throws IOException {
    // `logits` of F16 and quantized files contain llama.cpp's rounding of activations.
    List<ReferenceOutputs> all = ReferenceOutputs.read(Checkout.architectures());
    return all.stream()
        .filter(one ->
            !one.result().equals("logits")
                || all.stream()
                    .noneMatch(
                        other -> other.result().equals("f32w") && other.name().equals(one.name())))
        .toList();
  }

  private static LoadOptions options(ReferenceOutputs reference, String device, int sequences) {
    return LoadOptions.DEFAULT
        .withPolicy(Policy.require(device))
        .withContext(reference.contextLength())
        .withBatch(256)
        .withRows(256)
        .withSequences(sequences)
        .withStateType(DType.F32)
        .withTuned(false);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void vectorAgrees(ReferenceOutputs reference) {
    LoadOptions options = options(reference, "vector", reference.sequences().size());
    try (var model = LanguageModel.load(runtime, LocatedModel.file(reference.model()), options);
        Session session = model.newSession()) {
      assertEquals(1, model.plan().explain().devices().size());
      var check = new ReferenceCheck(new SessionPass(model, session), reference, MARGIN);
      if (reference.pooled()) {
        assertAgrees("pooled", check.pooledByMean());
        return;
      }
      assertAgrees("whole", check.whole());
      assertAgrees("together", check.together());
      if (model.model().causal()) {
        assertAgrees("token by token", check.chunks(0, 1));
        assertAgrees("chunks of 7", check.chunks(1, 7));
        assertAgrees("few rows", check.fewRows(1));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void nullDeviceAgrees(ReferenceOutputs reference) {
    LoadOptions options = options(reference, "null", 1);
    try (var model = LanguageModel.load(runtime, LocatedModel.file(reference.model()), options);
        Session session = model.newSession()) {
      ForwardPass pass = new SingleSequence(new SessionPass(model, session));
      var check = new ReferenceCheck(pass, reference, MARGIN);
      if (reference.pooled()) {
        assertAgrees("pooled", check.pooledByMean());
        return;
      }
      assertAgrees("whole", check.whole(0));
      if (model.model().causal()) {
        assertAgrees("chunks of 7", check.chunks(0, 7));
      }
    }
  }

  private static void assertAgrees(String how, Agreement agreement) {
    assertTrue(agreement.within(TOLERANCE), () -> how + ": " + agreement);
  }

  /** Every sequence as sequence 0, for a device that has only one. */
  private record SingleSequence(ForwardPass pass) implements ForwardPass {
    @Override
    public float[][] run(int[] tokens, int[] positions, int[] sequences, int[] rows) {
      return pass.run(tokens, positions, new int[tokens.length], rows);
    }

    @Override
    public void forget(int sequence) {
      pass.forget(0);
    }
  }
}
