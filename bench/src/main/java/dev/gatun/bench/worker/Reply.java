package dev.gatun.bench.worker;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.gatun.bench.report.Quantity;
import dev.gatun.tensor.GatunException;
import java.util.List;

/** What a worker replies: one line of JSON. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "reply")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Reply.Opened.class, name = "opened"),
  @JsonSubTypes.Type(value = Reply.Warmed.class, name = "warmed"),
  @JsonSubTypes.Type(value = Reply.Measured.class, name = "measured"),
  @JsonSubTypes.Type(value = Reply.Limited.class, name = "limited"),
  @JsonSubTypes.Type(value = Reply.Answered.class, name = "answered"),
  @JsonSubTypes.Type(value = Reply.Finished.class, name = "finished"),
  @JsonSubTypes.Type(value = Reply.Failed.class, name = "failed")
})
public sealed interface Reply {
  /**
   * The model is loaded.
   *
   * @param device that runs it; of several the one with most operations
   * @param deviceKind CPU, GPU or NPU
   * @param emulated whether it is no hardware, but a simulator or a stand-in
   * @param batch tokens of a prefill block; 0 for no language model
   * @param tuned choices of `gatun tune` in force, in words
   * @param notes of the plan
   */
  record Opened(
      String device,
      Quantity loadSeconds,
      Quantity compileSeconds,
      String deviceKind,
      boolean emulated,
      double nodeShare,
      double flopShare,
      int batch,
      List<String> tuned,
      List<String> notes)
      implements Reply {}

  /**
   * A test is warm.
   *
   * @param firstSeconds its first query
   * @param typicalSeconds of a query at the end
   */
  record Warmed(
      double firstSeconds,
      double typicalSeconds,
      int queries,
      double seconds,
      boolean steady,
      Quantity flops,
      Quantity bytes)
      implements Reply {}

  /**
   * Latencies of queries, and what the device itself counted.
   *
   * @param joules that it used meanwhile, or why that is not known; of a processor never known here
   * @param megahertz its clock afterwards
   * @param celsius its temperature afterwards
   * @param wattsAtMost what it may draw
   */
  record Measured(
      List<Double> seconds,
      Quantity joules,
      Quantity megahertz,
      Quantity celsius,
      Quantity wattsAtMost)
      implements Reply {
    /** Of a device that tells nothing of itself. */
    public static Measured of(List<Double> seconds) {
      Quantity none = Quantity.unavailable("the device does not tell");
      return new Measured(seconds, none, none, none, none);
    }
  }

  /** A roofline; the arithmetic is empty when the device cannot tell. */
  record Limited(double bytesPerSecond, double flopsPerSecond, String arithmetic)
      implements Reply {}

  /** The answer to the fixed question. */
  record Answered(List<Float> values, List<String> labels) implements Reply {}

  /** The worker ends. */
  record Finished(Quantity peakResidentBytes, Quantity deviceBytes) implements Reply {}

  /** An order could not be carried out; the worker ends. */
  record Failed(GatunException.Kind kind, String reason, String remedy) implements Reply {}
}
