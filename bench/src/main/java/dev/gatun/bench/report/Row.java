package dev.gatun.bench.report;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Locale;

/**
 * One test of one model on one device.
 *
 * @param model as the user named it
 * @param test what was run: {@code pp512}, {@code embed}, {@code 1x3x320x320}
 * @param scenario {@code tokens} for tests as llama-bench defines them; else with MLPerf's
 *     meanings, unofficial: {@code single-stream}, {@code multi-stream}, {@code server}, {@code
 *     offline}
 * @param device {@code backend:unit}, or a peer's name
 * @param emulated whether the device is no hardware, but a simulator or a stand-in on the
 *     processor: its results are right, its times say nothing
 * @param unit of what is counted: {@code tokens}, {@code texts}, {@code runs}
 * @param itemsPerQuery units that one query handles
 * @param loadSeconds from a closed file to a session that can run
 * @param compileSeconds of it, what the device's compiler took
 * @param firstSeconds the first query of all
 * @param warmup what came before measuring
 * @param rounds raw latencies of queries, in the order in which they were taken
 * @param latency of one query, seconds, over all rounds
 * @param rate items a second
 * @param peakResidentBytes of the process that ran this device, at its highest
 * @param deviceBytes memory of a device with memory of its own
 * @param joulesPerItem energy while queries ran: of the processor's packages (RAPL), or of the
 *     other device alone (NVML), whoever used it
 * @param nodeShare share of the graph's nodes that the device runs, 0 to 1
 * @param flopShare share of its operations, 0 to 1
 * @param flops operations of a query; a multiply-add counts two
 * @param bytes of weights, state and activations that a query moves
 * @param limit how near this comes to what the machine can do
 * @param accuracy against another device's results
 * @param verdict in a few words
 */
public record Row(
    String model,
    String test,
    String scenario,
    String device,
    boolean emulated,
    String unit,
    double itemsPerQuery,
    Quantity loadSeconds,
    Quantity compileSeconds,
    Quantity firstSeconds,
    Warmup warmup,
    List<Round> rounds,
    Latency latency,
    Interval rate,
    Quantity peakResidentBytes,
    Quantity deviceBytes,
    Quantity joulesPerItem,
    Quantity nodeShare,
    Quantity flopShare,
    Quantity flops,
    Quantity bytes,
    Limit limit,
    Accuracy accuracy,
    String verdict) {
  public Row {
    rounds = List.copyOf(rounds);
  }

  /**
   * Queries before the measured ones.
   *
   * @param steady whether the criterion of {@link Method#steadiness()} was met in time
   */
  public record Warmup(int queries, double seconds, boolean steady) {}

  /**
   * Queries that ran without a pause between them.
   *
   * @param fork which process, from 0
   * @param round from 0
   * @param seconds latency of each query
   */
  public record Round(int fork, int round, List<Double> seconds) {
    public Round {
      seconds = List.copyOf(seconds);
    }
  }

  /**
   * Latencies, seconds.
   *
   * @param p50 the median
   */
  public record Latency(Interval p50, double p90, double p99, double least, double most) {}

  /**
   * The nearest limit of the machine (Williams, Waterman, Patterson: Roofline, CACM 52/4, 2009).
   *
   * @param name {@code memory} or the arithmetic, {@code int8} or {@code f32}; empty when unknown
   * @param reached bytes or operations a second
   * @param most what the machine was seen to do at most, in the same unit
   * @param share reached over most, or why it is unknown
   */
  public record Limit(String name, double reached, double most, Quantity share) {}

  /**
   * How the results compare with a reference's.
   *
   * @param reference a device
   * @param largestError largest absolute difference of one number
   * @param relativeError root of the sum of squared differences over that of the reference
   * @param agreement share of rows whose largest element is the same, 0 to 1
   */
  public record Accuracy(
      String reference,
      Quantity largestError,
      Quantity relativeError,
      Quantity agreement,
      Verdict verdict) {
    /** What the numbers come to; in JSON in lower case. */
    public enum Verdict {
      /** The others are compared with this device. */
      REFERENCE,
      /** The same but for rounding. */
      SAME,
      /** As near as 8-bit arithmetic comes. */
      CLOSE,
      /** No rounding explains the difference. */
      DIFFERS,
      /** Not compared. */
      UNKNOWN;

      @JsonValue
      public String label() {
        return name().toLowerCase(Locale.ROOT);
      }
    }

    /** Whether the results are other ones. */
    public boolean differs() {
      return verdict == Verdict.DIFFERS;
    }
  }
}
