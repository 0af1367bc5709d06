package dev.gatun.qnnbackend.lower;

import dev.gatun.qnn.QnnOp;
import dev.gatun.qnn.QnnTensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * A graph as operators of QNN's, in order.
 *
 * @param nodes for each operator the name of the node that it belongs to
 * @param feeds its inputs
 * @param sinks its outputs
 */
public record LoweredGraph(
    List<QnnOp> ops, List<String> nodes, List<Feed> feeds, List<Sink> sinks) {
  /** Bytes of a constant that stands in {@link #description}. */
  private static final long SMALL = 256;

  public LoweredGraph {
    ops = List.copyOf(ops);
    nodes = List.copyOf(nodes);
    feeds = List.copyOf(feeds);
    sinks = List.copyOf(sinks);
  }

  /** Inputs and outputs, in this order. */
  public List<QnnTensor> ends() {
    return Stream.concat(feeds.stream().map(Feed::tensor), sinks.stream().map(Sink::tensor))
        .toList();
  }

  /**
   * All operators as a text, with the elements of small constants: large ones come from the model.
   */
  public String description() {
    var text = new StringBuilder();
    try (Arena arena = Arena.ofConfined()) {
      for (QnnOp op : ops) {
        text.append(op.name()).append(' ').append(op.type()).append(op.parameters());
        op.inputs().forEach(tensor -> describe(tensor, arena, text));
        op.outputs().forEach(tensor -> describe(tensor, arena, text));
        text.append('\n');
      }
    }
    return text.toString();
  }

  private static void describe(QnnTensor tensor, Arena arena, StringBuilder text) {
    text.append(' ').append(tensor.name()).append(tensor.role()).append(tensor.elements());
    text.append(tensor.quantization()).append(tensor.dims());
    if (tensor.content().isPresent() && tensor.bytes() <= SMALL) {
      MemorySegment data = arena.allocate(tensor.bytes(), Long.BYTES);
      tensor.content().get().write(data);
      text.append(HexFormat.of().formatHex(data.toArray(ValueLayout.JAVA_BYTE)));
    }
  }
}
