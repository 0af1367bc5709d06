package dev.gatun.quantize.onnx;

import dev.gatun.tensor.GatunException;
import java.util.Map;
import java.util.Optional;

/**
 * Calibrates, then puts QuantizeLinear and DequantizeLinear around products, convolutions and,
 * where asked for, all that accelerators know.
 *
 * <p>Products get pairs on their inputs only: ONNX Runtime fuses those to MatMulIntegerToFloat,
 * whose result needs no further rounding. Convolutions get a pair behind them, too, and 32-bit
 * biases, without which they are not fused (QLinearConv).
 */
final class StaticPass implements OnnxPass {
  private final StaticInt8 scheme;

  StaticPass(StaticInt8 scheme) {
    this.scheme = scheme;
  }

  @Override
  public void apply(ModelEdit edit, OnnxQuantizeOptions options, PassLog log) {
    ActivationSource source =
        options
            .activations()
            .orElseThrow(() ->
                new GatunException(
                    GatunException.Kind.USAGE, "static quantization needs examples to calibrate"));
    OpsetUpgrade.apply(edit, scheme.weightBits() == 4 ? 21 : 10);
    if (scheme.perChannel()) {
      Optional<String> obstacle = OpsetUpgrade.obstacle(edit, 13);
      obstacle.ifPresent(
          reason -> log.warn(reason + "; there are no scales per channel: weights get one each"));
      if (obstacle.isEmpty()) {
        OpsetUpgrade.apply(edit, 13);
      }
    }
    StaticSites sites = StaticSites.find(edit, options, scheme, log);
    if (sites.values().isEmpty()) {
      return;
    }
    sites.restrict(source.available(sites.values().keySet()), log);
    log.progress("calibrating " + sites.values().size() + " values");
    boolean smooth = scheme.smooth() > 0 && !sites.products.isEmpty();
    RangeMethod first = smooth ? new RangeMethod.MinMax() : scheme.method();
    Calibration calibration = Calibration.of(source, first, sites.values(), Map.of());
    Map<String, float[]> divisors = Map.of();
    if (smooth) {
      divisors = Smoothing.divisors(edit, sites.products, calibration, scheme.smooth());
      calibration = Calibration.of(source, scheme.method(), sites.values(), divisors);
    }
    new StaticRewrite(edit, scheme, sites, calibration, divisors, log).run();
  }
}
