package dev.gatun.openvinobackend.lower;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Node;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.BatchNormalization;
import dev.gatun.graph.op.Conv;
import dev.gatun.graph.op.ConvTranspose;
import dev.gatun.graph.op.Pool;
import dev.gatun.graph.op.Windows;
import dev.gatun.openvinobackend.ir.Output;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Convolutions, pools and batch normalization. */
final class LayerLowering {
  private final Operands operands;
  private final Emitter emit;

  LayerLowering(Operands operands) {
    this.operands = operands;
    emit = operands.emit();
  }

  /** Why a pool is refused; empty when it is not. */
  static String refusal(Pool op) {
    if (op.indices() && op.columnMajor()) {
      return "OpenVINO counts indices of maxima along rows";
    }
    if (op.kind() == Pool.Kind.MAX) {
      return "";
    }
    if (op.windows().dilations().stream().anyMatch(step -> step != 1)) {
      return "OpenVINO's means over windows have no dilations";
    }
    boolean whole = !op.windows().ceil() && op.windows().auto() == Windows.Auto.NOTSET;
    return op.kind() == Pool.Kind.LP && !whole
        ? "OpenVINO has no LpPool, and its mean divides by what lies inside"
        : "";
  }

  Output conv(Node node, Conv op) {
    Output x = operands.single(node, 0);
    Output w = operands.single(node, 1);
    String attributes = placed(op.windows());
    Output y;
    if (op.groups() == 1) {
      y = emit.ir().layer("Convolution", "opset1", attributes, x, w);
    } else {
      Output grouped = emit.reshape(w, grouped(node, op.groups()));
      y = emit.ir().layer("GroupConvolution", "opset1", attributes, x, grouped);
    }
    return biased(node, y);
  }

  Output transposed(Node node, ConvTranspose op) {
    Output x = operands.single(node, 0);
    Output w = operands.single(node, 1);
    String attributes =
        placed(op.windows()) + " output_padding=\"" + list(op.outputPadding()) + "\"";
    Output y;
    if (op.groups() == 1) {
      y = emit.ir().layer("ConvolutionBackpropData", "opset1", attributes, x, w);
    } else {
      Output grouped = emit.reshape(w, grouped(node, op.groups()));
      y = emit.ir().layer("GroupConvolutionBackpropData", "opset1", attributes, x, grouped);
    }
    return biased(node, y);
  }

  /**
   * Weights of groups stand under each other along the first axis: [groups, first / groups, ..].
   */
  private static long[] grouped(Node node, int groups) {
    long[] dims = node.input(1).type().dims().stream().mapToLong(Dim::max).toArray();
    long[] all = new long[dims.length + 1];
    all[0] = groups;
    all[1] = dims[0] / groups;
    System.arraycopy(dims, 1, all, 2, dims.length - 1);
    return all;
  }

  private Output biased(Node node, Output y) {
    if (!Operands.has(node, 2)) {
      return y;
    }
    return emit.binary("Add", y, perChannel(operands.single(node, 2), node.output().type().rank()));
  }

  /** [channels] as [1, channels, 1, ..]. */
  private Output perChannel(Output vector, int rank) {
    long[] dims = new long[Math.max(1, rank)];
    Arrays.fill(dims, 1);
    dims[rank > 1 ? 1 : 0] = -1;
    return emit.reshape(vector, dims);
  }

  List<Output> pool(Node node, Pool op) {
    Windows windows = op.windows();
    String attributes =
        "kernel=\"%s\" rounding_type=\"%s\" %s"
            .formatted(
                list(windows.kernel()), windows.ceil() ? "ceil_torch" : "floor", padded(windows));
    return switch (op.kind()) {
      case MAX -> {
        String dilations = " dilations=\"" + list(windows.dilations()) + "\"";
        String indices = " index_element_type=\"i64\" axis=\"0\"";
        Output x = operands.get(node, 0);
        List<Output> both =
            emit.ir()
                .layers(
                    List.of(x.type(), ElementTypes.I64),
                    "MaxPool",
                    "opset14",
                    attributes + dilations + indices,
                    x);
        yield op.indices() ? both : both.subList(0, 1);
      }
      case AVERAGE -> List.of(mean(operands.single(node, 0), attributes, op.countPadding()));
      case LP -> {
        Output powers =
            emit.binary(
                "Power",
                emit.unary("Abs", "opset1", operands.single(node, 0)),
                emit.real((double) op.power()));
        double size =
            windows.kernel().stream().mapToDouble(Long::doubleValue).reduce(1, (a, b) -> a * b);
        Output sum = emit.binary("Multiply", mean(powers, attributes, true), emit.real(size));
        yield List.of(emit.binary("Power", sum, emit.real(1.0 / op.power())));
      }
    };
  }

  private Output mean(Output x, String attributes, boolean countPadding) {
    String exclude = " exclude-pad=\"" + !countPadding + "\"";
    return emit.ir().layer("AvgPool", "opset14", attributes + exclude, x);
  }

  List<Output> normalize(Node node, BatchNormalization op) {
    ValueType type = node.input(0).type();
    int rank = type.rank();
    Output x = operands.single(node, 0);
    Output mean = operands.single(node, 3);
    Output variance = operands.single(node, 4);
    List<Output> running = List.of();
    if (op.training()) {
      long[] axes = IntStream.range(0, rank).filter(axis -> axis != 1).asLongStream().toArray();
      Output own = emit.reduce("ReduceMean", x, false, axes);
      Output apart = emit.binary("Subtract", x, perChannel(own, rank));
      Output spread = emit.reduce("ReduceMean", emit.binary("Multiply", apart, apart), false, axes);
      running = List.of(mixed(mean, own, op.momentum()), mixed(variance, spread, op.momentum()));
      mean = own;
      variance = spread;
    }
    Output deviation =
        emit.unary("Sqrt", "opset1", emit.binary("Add", variance, emit.real(op.epsilon())));
    Output factor = emit.binary("Divide", operands.single(node, 1), deviation);
    Output shift =
        emit.binary("Subtract", operands.single(node, 2), emit.binary("Multiply", mean, factor));
    Output y =
        emit.binary(
            "Add", emit.binary("Multiply", x, perChannel(factor, rank)), perChannel(shift, rank));
    return running.isEmpty() ? List.of(y) : List.of(y, running.get(0), running.get(1));
  }

  private Output mixed(Output old, Output now, double momentum) {
    return emit.binary(
        "Add",
        emit.binary("Multiply", old, emit.real(momentum)),
        emit.binary("Multiply", now, emit.real(1 - momentum)));
  }

  private static String placed(Windows windows) {
    return padded(windows) + " dilations=\"" + list(windows.dilations()) + "\"";
  }

  private static String padded(Windows windows) {
    String auto =
        switch (windows.auto()) {
          case NOTSET -> "explicit";
          case SAME_UPPER -> "same_upper";
          case SAME_LOWER -> "same_lower";
        };
    return "strides=\"%s\" pads_begin=\"%s\" pads_end=\"%s\" auto_pad=\"%s\""
        .formatted(list(windows.strides()), list(windows.padBegin()), list(windows.padEnd()), auto);
  }

  private static String list(List<Long> numbers) {
    return numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
  }
}
