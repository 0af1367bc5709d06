package dev.gatun.qnnbackend;

import dev.gatun.engine.compiled.RowCache;
import dev.gatun.qnn.QnnRun;
import dev.gatun.qnn.RpcMemory;
import dev.gatun.qnnbackend.lower.Feed;
import dev.gatun.qnnbackend.lower.Sink;
import dev.gatun.runtime.spi.ExecutableSession.NodeTiming;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/** A session's memory for the inputs and outputs of one variant. */
final class VariantRun implements AutoCloseable {
  private final Variant variant;
  private final QnnRun run;
  private final RunMemory memory;
  private final MemorySegment[] inputs;
  private final MemorySegment[] outputs;

  private final Optional<NodeCycles> cycles;

  /**
   * Memory of a variant.
   *
   * @param shared where inputs and outputs shall lie; keys and values of sequences stay in memory
   *     of their own, whose place changes
   * @param cycles where its runs are measured; it is closed with this
   */
  VariantRun(Variant variant, Optional<RpcMemory> shared, Optional<NodeCycles> cycles) {
    this.variant = variant;
    this.cycles = cycles;
    List<Feed> feeds = variant.lowered().feeds();
    List<Sink> sinks = variant.lowered().sinks();
    run =
        variant
            .graph()
            .newRun(
                feeds.stream().map(Feed::tensor).toList(),
                sinks.stream().map(Sink::tensor).toList());
    memory = new RunMemory(variant.context(), run, shared);
    inputs = new MemorySegment[feeds.size()];
    outputs = new MemorySegment[sinks.size()];
    boolean done = false;
    try {
      place(feeds, sinks);
      done = true;
    } finally {
      if (!done) {
        close();
      }
    }
  }

  private void place(List<Feed> feeds, List<Sink> sinks) {
    for (int i = 0; i < inputs.length; i++) {
      if (!(feeds.get(i) instanceof Feed.Stored)) {
        inputs[i] = memory.input(i, feeds.get(i).tensor());
      }
    }
    for (int i = 0; i < outputs.length; i++) {
      outputs[i] = memory.output(i, sinks.get(i).tensor());
    }
  }

  /**
   * Fills the inputs and runs.
   *
   * @param state the session's sequences; null for a graph without
   * @param rows of the sequence; null likewise
   */
  void execute(FeedWriter writer, FeedWriter.Run what, StateRows state, RowCache rows) {
    List<Feed> feeds = variant.lowered().feeds();
    for (int i = 0; i < inputs.length; i++) {
      switch (feeds.get(i)) {
        case Feed.Input feed -> writer.input(feed, what, inputs[i]);
        case Feed.Mask feed -> writer.mask(feed, what, inputs[i]);
        case Feed.Angles feed -> writer.angles(feed, what, inputs[i]);
        case Feed.Stored feed ->
            run.input(
                i, rows.rows(state.place(feed.state(), feed.keys()), 0, feed.tensor().dim(0)));
      }
    }
    variant.running().lock();
    try {
      if (cycles.isPresent()) {
        cycles.get().execute(run);
      } else {
        run.execute();
      }
    } finally {
      variant.running().unlock();
    }
  }

  Variant variant() {
    return variant;
  }

  /** What the last run wrote for an output. */
  MemorySegment output(int index) {
    return outputs[index];
  }

  /** Times of nodes; empty where nothing is measured. */
  List<NodeTiming> timings() {
    return cycles.map(NodeCycles::timings).orElse(List.of());
  }

  @Override
  public void close() {
    run.close();
    cycles.ifPresent(NodeCycles::close);
    memory.close();
  }
}
