/**
 * The side-by-side benchmark: devices and peers in turn on the same tests, with confidence
 * intervals, a correctness column and reports; and synthetic models to measure.
 */
module dev.gatun.bench {
  requires transitive dev.gatun.pipelines;
  requires com.fasterxml.jackson.databind;
  requires java.desktop;
  requires java.management;
  requires org.apache.commons.statistics.distribution;
  requires org.apache.commons.statistics.inference;

  exports dev.gatun.bench;
  exports dev.gatun.bench.method;
  exports dev.gatun.bench.peer;
  exports dev.gatun.bench.report;
  exports dev.gatun.bench.report.html;
  exports dev.gatun.bench.stats;
  exports dev.gatun.bench.task;
  exports dev.gatun.bench.trace;
  exports dev.gatun.bench.worker;

  opens dev.gatun.bench.report to
      com.fasterxml.jackson.databind;
  opens dev.gatun.bench.task to
      com.fasterxml.jackson.databind;
  opens dev.gatun.bench.worker to
      com.fasterxml.jackson.databind;
}
