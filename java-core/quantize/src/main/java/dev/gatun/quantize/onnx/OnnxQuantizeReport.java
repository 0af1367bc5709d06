package dev.gatun.quantize.onnx;

import java.util.List;

/**
 * What a quantization did.
 *
 * @param bytesBefore size of the model with the files beside it
 * @param bytesAfter size of the model that was written
 * @param changes nodes that were replaced, in the model's order
 * @param kept nodes of the kinds that the scheme replaces, left as they were
 * @param warnings what the result may do badly
 * @param refusals what the target would not run
 */
public record OnnxQuantizeReport(
    long bytesBefore,
    long bytesAfter,
    List<Change> changes,
    List<Kept> kept,
    List<String> warnings,
    List<Refusal> refusals) {
  public OnnxQuantizeReport {
    changes = List.copyOf(changes);
    kept = List.copyOf(kept);
    warnings = List.copyOf(warnings);
    refusals = List.copyOf(refusals);
  }

  /**
   * A node that was replaced.
   *
   * @param node its name
   * @param type its operator
   * @param into what stands there now
   */
  public record Change(String node, String type, String into) {}

  /**
   * A node that was left.
   *
   * @param node its name
   * @param type its operator
   * @param reason why
   */
  public record Kept(String node, String type, String reason) {}

  /**
   * What a target would not run.
   *
   * @param node its name; of an input, the input's
   * @param type its operator, or "input"
   * @param reason why, and what to do
   */
  public record Refusal(String node, String type, String reason) {}
}
