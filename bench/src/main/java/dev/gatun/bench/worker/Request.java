package dev.gatun.bench.worker;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** An order to a worker: one line of JSON. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "order")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Request.Open.class, name = "open"),
  @JsonSubTypes.Type(value = Request.Warm.class, name = "warm"),
  @JsonSubTypes.Type(value = Request.Measure.class, name = "measure"),
  @JsonSubTypes.Type(value = Request.Limits.class, name = "limits"),
  @JsonSubTypes.Type(value = Request.Ask.class, name = "ask"),
  @JsonSubTypes.Type(value = Request.Finish.class, name = "finish")
})
sealed interface Request {
  /** Loads the model; comes first. */
  record Open(Job job) implements Request {}

  /**
   * Runs a test until it is steady.
   *
   * @param test index in the job
   * @param seconds at most
   */
  record Warm(int test, double seconds) implements Request {}

  /**
   * Measures a test.
   *
   * @param test index in the job
   * @param seconds so long, at least one query
   * @param perSecond mean rate of arrivals in the scenario SERVER; 0 elsewhere
   */
  record Measure(int test, double seconds, double perSecond) implements Request {}

  /** Measures the device's limits. */
  record Limits() implements Request {}

  /** Answers the fixed question. */
  record Ask() implements Request {}

  /** Ends the worker, which tells what it used. */
  record Finish() implements Request {}
}
