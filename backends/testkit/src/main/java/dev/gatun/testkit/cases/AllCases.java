package dev.gatun.testkit.cases;

import dev.gatun.testkit.ConformanceCase;
import java.util.stream.Stream;

/** Every case of the suite. */
public final class AllCases {
  private AllCases() {}

  public static Stream<ConformanceCase> all() {
    return Stream.of(
            ElementwiseCases.all(),
            MatMulCases.all(),
            MatMulEdgeCases.all(),
            ShapeCases.all(),
            NormalizationCases.all(),
            AttentionCases.all(),
            PaddedAttentionCases.all(),
            ExpertCases.all(),
            BlockCases.all(),
            LayerCases.all(),
            LayerEdgeCases.all(),
            PickingCases.all(),
            SignalCases.all(),
            QuantizationCases.all(),
            ControlFlowCases.all())
        .flatMap(cases -> cases);
  }
}
