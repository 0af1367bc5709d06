package dev.gatun.bench.trace;

import dev.gatun.bench.task.NetworkInputs;
import dev.gatun.pipelines.LanguageModel;
import dev.gatun.pipelines.onnx.OnnxNetwork;
import dev.gatun.runtime.plan.NodeEvent;
import dev.gatun.runtime.plan.NodeProfile;
import dev.gatun.runtime.session.Session;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/** Records runs of models that were loaded with profiling. Used by one thread. */
public final class Tracer {
  /** Runs before the recorded one: the JVM compiles, caches fill. */
  private static final int WARM = 12;

  private final List<Trace.Submission> submissions = new ArrayList<>();
  private final List<NodeEvent> events = new ArrayList<>();

  private Tracer() {}

  /**
   * Records a prompt of random tokens and steps after it, in an empty context.
   *
   * @param prompt tokens, one block
   * @param steps single tokens after it
   */
  public static Trace language(LanguageModel model, int prompt, int steps) {
    try (Session session = model.newSession()) {
      for (int i = 0; i < WARM; i++) {
        new Tracer().language(session, model, prompt, steps);
      }
      List<NodeProfile> before = session.profile();
      Tracer tracer = new Tracer();
      tracer.language(session, model, prompt, steps);
      return tracer.trace(before, session.profile());
    }
  }

  private void language(Session session, LanguageModel model, int prompt, int steps) {
    var random = new SplittableRandom(42);
    int vocabulary = model.model().vocabularySize();
    Batch batch = new Batch(prompt);
    if (session.isOpen(0)) {
      session.closeSequence(0);
    }
    session.openSequence(0);
    for (int i = 0; i < prompt; i++) {
      batch.add(random.nextInt(vocabulary), i, 0, i == prompt - 1);
    }
    record("prefill of " + prompt, () -> session.run(batch), session::timeline);
    for (int step = 0; step < steps; step++) {
      batch.clear();
      batch.add(random.nextInt(vocabulary), prompt + step, 0, true);
      record("decode", () -> session.run(batch), session::timeline);
    }
  }

  /** Records one run of a network on inputs that look like data. */
  public static Trace network(OnnxNetwork network) {
    Map<String, Tensor> inputs = NetworkInputs.of(network.plan().plan().request());
    for (int i = 0; i < WARM; i++) {
      network.run(inputs);
    }
    List<NodeProfile> before = network.profile();
    Tracer tracer = new Tracer();
    tracer.record("run", () -> network.run(inputs), network::timeline);
    return tracer.trace(before, network.profile());
  }

  private void record(String name, Runnable run, Supplier<List<NodeEvent>> timeline) {
    long start = System.nanoTime();
    run.run();
    submissions.add(new Trace.Submission(name, start, System.nanoTime() - start));
    events.addAll(timeline.get());
  }

  private Trace trace(List<NodeProfile> before, List<NodeProfile> after) {
    List<NodeProfile> nodes = Trace.since(before, after);
    return nodes.isEmpty() && !before.isEmpty()
        ? new Trace(submissions, events, Trace.mean(before, WARM), true)
        : new Trace(submissions, events, nodes, false);
  }
}
