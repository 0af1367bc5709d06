package dev.gatun.runtime.session;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Value;
import dev.gatun.runtime.plan.Plan;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.Executable;
import dev.gatun.runtime.spi.ExecutableSession;
import dev.gatun.runtime.spi.Fence;
import dev.gatun.runtime.spi.SessionOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The sessions of a plan's slices, in the order in which they run, with the values that pass from
 * one to the next. Slices of one device share the buffer; between devices the value is copied.
 */
final class Pipe implements AutoCloseable {
  /** One slice's session and what it takes from earlier ones. */
  private record Stage(
      Graph graph, ExecutableSession session, List<Crossing> copies, List<Crossing> tensors) {}

  private final Graph whole;
  private final List<Stage> stages = new ArrayList<>();

  Pipe(Plan plan, List<Executable> executables, SessionOptions options) {
    whole = plan.request().graph();
    try {
      for (int i = 0; i < executables.size(); i++) {
        Graph graph = plan.slices().get(i).slice().graph();
        ExecutableSession session = executables.get(i).newSession(options);
        Stage stage = new Stage(graph, session, new ArrayList<>(), new ArrayList<>());
        stages.add(stage);
        connect(plan, i, stage);
      }
    } catch (RuntimeException e) {
      closeAfter(e);
      throw e;
    }
  }

  private void connect(Plan plan, int index, Stage stage) {
    for (Value input : stage.graph().inputs()) {
      for (int i = 0; i < index; i++) {
        Stage earlier = stages.get(i);
        for (Value output : earlier.graph().outputs()) {
          if (output.name().equals(input.name())) {
            String from = plan.slices().get(i).device().info().id();
            String to = plan.slices().get(index).device().info().id();
            Crossing crossing =
                new Crossing(input, earlier.session(), output, stage.session().buffer(input));
            if (Crossing.needsTensor(input)) {
              stage.tensors().add(crossing);
            } else if (from.equals(to)) {
              stage.session().bind(input, earlier.session().buffer(output));
            } else {
              stage.copies().add(crossing);
            }
          }
        }
      }
    }
  }

  /** Runs every slice once. */
  Fence run(Batch batch) {
    if (stages.size() == 1) {
      return stages.getFirst().session().submit(batch);
    }
    Map<String, Long> sizes = sizes(batch);
    Fence last = Fence.DONE;
    for (Stage stage : stages) {
      last.await();
      for (Crossing crossing : stage.copies()) {
        crossing.carry(sizes);
      }
      last = stage.session().submit(withTensors(stage, batch));
    }
    return last;
  }

  /** The batch, with the values that a slice takes as tensors. */
  private static Batch withTensors(Stage stage, Batch batch) {
    if (stage.tensors().isEmpty()) {
      return batch;
    }
    Batch all = new Batch(batch.size());
    int row = 0;
    for (int i = 0; i < batch.size(); i++) {
      boolean wanted = row < batch.rowCount() && batch.row(row) == i;
      all.add(batch.token(i), batch.position(i), batch.sequence(i), wanted);
      row += wanted ? 1 : 0;
    }
    batch.tensors().forEach(all::set);
    for (Crossing crossing : stage.tensors()) {
      crossing.hand(all);
    }
    return all;
  }

  /** Sizes of the symbols of the whole graph's inputs under a batch. */
  Map<String, Long> sizes(Batch batch) {
    Map<String, Long> sizes = new HashMap<>();
    for (Value input : whole.inputs()) {
      BatchSizes.add(input, batch, sizes);
    }
    return BatchSizes.solved(whole, batch, sizes);
  }

  int size() {
    return stages.size();
  }

  ExecutableSession session(int index) {
    return stages.get(index).session();
  }

  Graph graph(int index) {
    return stages.get(index).graph();
  }

  @Override
  public void close() {
    for (Stage stage : stages.reversed()) {
      stage.session().close();
      stage.tensors().forEach(Crossing::close);
    }
  }

  private void closeAfter(RuntimeException failure) {
    try {
      close();
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }
}
