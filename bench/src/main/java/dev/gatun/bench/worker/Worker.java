package dev.gatun.bench.worker;

import dev.gatun.bench.report.Quantity;
import dev.gatun.bench.task.Answer;
import dev.gatun.bench.task.BenchTest;
import dev.gatun.bench.task.Scenario;
import dev.gatun.bench.task.Subject;
import dev.gatun.bench.task.Subjects;
import dev.gatun.bench.task.Work;
import dev.gatun.pipelines.Models;
import dev.gatun.runtime.BackendUnavailableException;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.Explanation;
import dev.gatun.runtime.spi.Device;
import dev.gatun.runtime.spi.DeviceInfo;
import dev.gatun.runtime.spi.Roofline;
import dev.gatun.runtime.store.LocatedModel;
import dev.gatun.runtime.store.PullListener;
import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.Shape;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Carries out orders: one model on one device. Used by one thread. */
final class Worker implements AutoCloseable {
  private GatunRuntime runtime;
  private Job job;
  private Subject subject;
  private Device device;

  /** Carries out one order; what is known to go wrong is a reply, too. */
  Reply handle(Request request) {
    try {
      return switch (request) {
        case Request.Open(Job wanted) -> open(wanted);
        case Request.Warm warm -> warm(job.tests().get(warm.test()), warm.seconds());
        case Request.Measure order ->
            measure(job.tests().get(order.test()), order.seconds(), order.perSecond());
        case Request.Limits _ -> limits(subject.roofline());
        case Request.Ask _ -> {
          Answer answer = subject.answer();
          yield new Reply.Answered(answer.values(), answer.labels());
        }
        case Request.Finish _ -> new Reply.Finished(PeakMemory.resident(), deviceBytes());
      };
    } catch (BackendUnavailableException e) {
      // The message ends with the remedy, which the report shows apart from the reason.
      String reason = e.getMessage().replace(e.remedy(), "").strip();
      return new Reply.Failed(e.kind(), reason, e.remedy());
    } catch (GatunException e) {
      return new Reply.Failed(e.kind(), e.getMessage(), "");
    }
  }

  private Reply open(Job wanted) {
    job = wanted;
    GatunRuntime.Builder builder = GatunRuntime.builder();
    job.settings().forEach(builder::property);
    runtime = builder.build();
    LocatedModel located =
        Models.onDisk(job.model())
            .orElseGet(() -> Models.locate(runtime, job.model(), PullListener.NONE));
    Map<String, Shape> shapes = new HashMap<>();
    job.shapes().forEach((name, extents) -> shapes.put(name, Shape.of(extents)));
    long start = System.nanoTime();
    subject = Subjects.load(runtime, located, job.kind(), job.options(), shapes);
    final double seconds = (System.nanoTime() - start) / 1e9;
    Explanation plan = subject.explain();
    Explanation.DeviceLine most =
        plan.devices().stream()
            .max(Comparator.comparingDouble(Explanation.DeviceLine::flopShare))
            .orElseThrow();
    // Other backends are not probed: vendors' libraries do not always bear each other.
    device = runtime.device(most.device()).orElseThrow();
    return new Reply.Opened(
        most.device(),
        Quantity.of(seconds),
        subject.compileSeconds(),
        device.info().kind().name(),
        device.info().isEmulated(),
        most.nodeShare(),
        most.flopShare(),
        subject.batch(),
        plan.tuned().stream().map(Explanation.TunedLine::text).toList(),
        plan.notes());
  }

  private Quantity deviceBytes() {
    OptionalLong peak = device.peakBytes();
    if (peak.isPresent()) {
      return Quantity.of((double) peak.getAsLong());
    }
    return Quantity.unavailable(
        device.info().kind() == DeviceInfo.Kind.CPU
            ? "the device has no memory of its own"
            : "not measurable because the vendor's library does not tell");
  }

  private Reply warm(BenchTest test, double most) {
    Warmup.Outcome outcome = Warmup.run(() -> subject.query(test) / 1e9, most);
    Optional<Work> work = subject.work(test);
    return new Reply.Warmed(
        outcome.first(),
        outcome.typical(),
        outcome.queries(),
        outcome.seconds(),
        outcome.steady(),
        work.map(each -> Quantity.of(each.flops())).orElseGet(Worker::uncounted),
        work.map(each -> Quantity.of(each.bytes())).orElseGet(Worker::uncounted));
  }

  private static Quantity uncounted() {
    return Quantity.unavailable("a pipeline runs its networks at sizes that depend on the data");
  }

  private Reply measure(BenchTest test, double seconds, double perSecond) {
    return Meter.around(
        device::counters,
        () ->
            test.scenario() == Scenario.SERVER
                ? Arrivals.run(() -> subject.query(test), perSecond, seconds)
                : Queries.run(() -> subject.query(test), seconds, Queries.MOST));
  }

  private static Reply limits(Optional<Roofline> roofline) {
    return roofline
        .map(known ->
            new Reply.Limited(
                known.bytesPerSecond(), 2 * known.multiplyAddsPerSecond(), known.arithmetic()))
        .orElseGet(() -> new Reply.Limited(0, 0, ""));
  }

  @Override
  public void close() {
    if (subject != null) {
      subject.close();
    }
    if (runtime != null) {
      runtime.close();
    }
  }
}
