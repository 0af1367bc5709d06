package dev.gatun.cpuengine.layer;

import dev.gatun.cpuengine.kernel.ElementwiseKernels;
import dev.gatun.cpuengine.step.Frame;
import dev.gatun.cpuengine.step.Operand;
import dev.gatun.cpuengine.step.Step.Access;
import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.Unary;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** What happens to a result while it is in the cache: bias, activation, sum with another value. */
public record Epilogue(ElementwiseKernels kernels, List<Part> parts) {
  /** One elementwise op. */
  public sealed interface Part {}

  /** {@code y + bias[channel]}. */
  public record Bias(Operand bias) implements Part {}

  /** {@code f(y)}. */
  public record Function(Unary.Function function) implements Part {}

  /** {@code f(y, value)}, or the other way round. */
  public record Scalar(Binary.Function function, float value, boolean reversed) implements Part {}

  /** {@code f(y, other)} with a value of the same shape, or the other way round. */
  public record With(Binary.Function function, Operand other, boolean reversed) implements Part {}

  /** {@code f(y, g(y))}, or the other way round: swish and its kin. */
  public record Gate(List<Part> parts, Binary.Function function, boolean reversed) implements Part {
    public Gate {
      parts = List.copyOf(parts);
    }
  }

  public Epilogue {
    parts = List.copyOf(parts);
  }

  /** Values that it reads beside the result. */
  List<Access> reads() {
    return parts.stream()
        .<Access>mapMulti((part, sink) -> {
          switch (part) {
            case Bias(Operand bias) -> sink.accept(Access.whole(bias));
            case With with -> sink.accept(Access.whole(with.other()));
            default -> {}
          }
        })
        .toList();
  }

  /** Whether {@link #apply} needs memory for a copy of what it works on. */
  boolean needsCopy() {
    return parts.stream().anyMatch(Gate.class::isInstance);
  }

  /**
   * Works on consecutive elements of one channel.
   *
   * @param channel of the result
   * @param element index of the first element in the result
   * @param copy memory for as many elements, when {@link #needsCopy}
   */
  void apply(
      Frame frame,
      MemorySegment y,
      long yAt,
      int count,
      int channel,
      long element,
      MemorySegment copy,
      long copyAt) {
    for (int i = 0; i < parts.size(); i++) {
      apply(parts.get(i), frame, y, yAt, count, channel, element, copy, copyAt);
    }
  }

  private void apply(
      Part part,
      Frame frame,
      MemorySegment y,
      long yAt,
      int count,
      int channel,
      long element,
      MemorySegment copy,
      long copyAt) {
    switch (part) {
      case Bias(Operand bias) -> {
        float b =
            bias.segment(frame)
                .get(ValueLayout.JAVA_FLOAT_UNALIGNED, bias.at(frame) + 4L * channel);
        kernels.binaryScalar(Binary.Function.ADD, y, yAt, b, false, y, yAt, count);
      }
      case Function(Unary.Function function) -> kernels.unary(function, y, yAt, y, yAt, count);
      case Scalar scalar ->
          kernels.binaryScalar(
              scalar.function(), y, yAt, scalar.value(), scalar.reversed(), y, yAt, count);
      case With with -> {
        MemorySegment other = with.other().segment(frame);
        long at = with.other().at(frame) + 4 * element;
        if (with.reversed()) {
          kernels.binary(with.function(), other, at, y, yAt, y, yAt, count);
        } else {
          kernels.binary(with.function(), y, yAt, other, at, y, yAt, count);
        }
      }
      case Gate gate -> {
        MemorySegment.copy(y, yAt, copy, copyAt, 4L * count);
        for (int i = 0; i < gate.parts().size(); i++) {
          apply(gate.parts().get(i), frame, copy, copyAt, count, channel, element, null, 0);
        }
        if (gate.reversed()) {
          kernels.binary(gate.function(), copy, copyAt, y, yAt, y, yAt, count);
        } else {
          kernels.binary(gate.function(), y, yAt, copy, copyAt, y, yAt, count);
        }
      }
    }
  }
}
