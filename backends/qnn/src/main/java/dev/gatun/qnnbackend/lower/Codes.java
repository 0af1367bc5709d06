package dev.gatun.qnnbackend.lower;

import dev.gatun.graph.Constant;
import dev.gatun.graph.op.Array;
import dev.gatun.qnn.Elements;
import dev.gatun.qnn.Quantization;
import dev.gatun.qnn.Quantization.NarrowPerAxis;
import dev.gatun.qnn.Quantization.PerAxis;
import dev.gatun.qnn.Quantization.PerTensor;
import dev.gatun.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Constants as codes. Used by one thread. */
final class Codes {
  private static final int LARGEST = 127;

  /** Bits of the narrow codes that an NPU takes weights in, and the least and largest of them. */
  private static final int NARROW = 4;

  private static final int NARROW_LEAST = -8;
  private static final int NARROW_LARGEST = 7;

  /** How far from a whole number a code may be: a thousand roundings of single precision. */
  private static final double TOLERANCE = 1e-3;

  private record Key(int id, int axis) {}

  /**
   * Codes of a weight.
   *
   * @param scales of each index of an axis
   * @param narrow whether all codes have 4 bits
   */
  private record Channels(List<Float> scales, boolean narrow) {}

  private final Map<Key, Optional<Channels>> known = new HashMap<>();

  /** Codes of this width, from the least element, or 0, to the largest, or 0. */
  static Form whole(Constant constant, Elements elements) {
    double min = 0;
    double max = 0;
    for (double value : Array.of(constant.data()).values()) {
      min = Math.min(min, value);
      max = Math.max(max, value);
    }
    long levels = (1L << (8 * elements.bytes())) - 1;
    double scale = min == max ? 1 : (max - min) / levels;
    return new Form(
        elements, Optional.of(new PerTensor((float) scale, (int) -Math.rint(-min / scale))));
  }

  /**
   * Signed codes of 8 bits, or of 4 where these hold all, with a scale for each index of an axis,
   * where the constant is nothing else: a dequantized weight is made codes again without a change.
   *
   * @param placed the axis of the tensor that the constant becomes
   * @return empty when a channel's elements are not multiples of one number up to 127 times
   */
  Optional<Form> weights(Constant constant, int axis, int placed) {
    return known
        .computeIfAbsent(
            new Key(constant.value().id(), axis), absent -> channels(constant.data(), axis))
        .map(channels -> new Form(Elements.CODES_I8, Optional.of(quantization(channels, placed))));
  }

  private static Quantization quantization(Channels channels, int axis) {
    return channels.narrow
        ? new NarrowPerAxis(NARROW, axis, channels.scales)
        : new PerAxis(
            axis, channels.scales.stream().map(scale -> new PerTensor(scale, 0)).toList());
  }

  private static Optional<Channels> channels(Tensor data, int axis) {
    long[] dims = data.shape().toArray();
    int inner = 1;
    for (int i = axis + 1; i < dims.length; i++) {
      inner = Math.toIntExact(inner * dims[i]);
    }
    int count = Math.toIntExact(dims[axis]);
    double[] values = Array.of(data).values();
    List<Float> scales = new ArrayList<>();
    for (int channel = 0; channel < count; channel++) {
      double scale = scale(values, channel, count, inner);
      if (scale == 0) {
        return Optional.empty();
      }
      scales.add((float) scale);
    }
    return Optional.of(new Channels(scales, isNarrow(values, scales, inner)));
  }

  private static boolean isNarrow(double[] values, List<Float> scales, int inner) {
    for (int i = 0; i < values.length; i++) {
      double code = Math.rint(values[i] / scales.get(i / inner % scales.size()));
      if (code < NARROW_LEAST || code > NARROW_LARGEST) {
        return false;
      }
    }
    return true;
  }

  /** The largest number of which all elements of a channel are multiples; 0 for none. */
  private static double scale(double[] values, int channel, int count, int inner) {
    double max = 0;
    for (int from = channel * inner; from < values.length; from += count * inner) {
      for (int i = from; i < from + inner; i++) {
        max = Math.max(max, Math.abs(values[i]));
      }
    }
    if (max == 0) {
      return 1;
    }
    for (int most = 1; most <= LARGEST; most++) {
      if (divides(values, max / most, channel, count, inner)) {
        return max / most;
      }
    }
    return 0;
  }

  private static boolean divides(double[] values, double scale, int channel, int count, int inner) {
    for (int from = channel * inner; from < values.length; from += count * inner) {
      for (int i = from; i < from + inner; i++) {
        double code = values[i] / scale;
        if (Math.abs(code - Math.rint(code)) > TOLERANCE) {
          return false;
        }
      }
    }
    return true;
  }

  /** The nearest code of a number, as its element has it. */
  static double code(Form form, int channel, double value) {
    return switch (form.quantization().orElseThrow()) {
      case PerTensor all -> code(form.elements(), all, value);
      case PerAxis(int _, List<PerTensor> channels) ->
          code(form.elements(), channels.get(channel), value);
      case NarrowPerAxis(int bits, int _, List<Float> scales) -> {
        int most = (1 << (bits - 1)) - 1;
        double code = Math.clamp(Math.rint(value / scales.get(channel)), -most - 1, most);
        yield (int) code & ((1 << bits) - 1);
      }
    };
  }

  private static double code(Elements elements, PerTensor own, double value) {
    double code = Math.rint(value / own.scale()) - own.offset();
    return switch (elements) {
      case CODES_U8 -> Math.clamp(code, 0, (1 << 8) - 1);
      case CODES_U16 -> Math.clamp(code, 0, (1 << 16) - 1);
      case CODES_I8 -> Math.clamp(code, Byte.MIN_VALUE, Byte.MAX_VALUE);
      case CODES_I16 -> Math.clamp(code, Short.MIN_VALUE, Short.MAX_VALUE);
      default -> Math.clamp(code, Integer.MIN_VALUE, Integer.MAX_VALUE);
    };
  }

  /** The scale of all of a tensor's codes. */
  static float scale(Form form) {
    return ((PerTensor) form.quantization().orElseThrow()).scale();
  }

  /** The scales of a weight's channels. */
  static List<Float> channelScales(Form form) {
    return switch (form.quantization().orElseThrow()) {
      case PerTensor all -> List.of(all.scale());
      case PerAxis(int _, List<PerTensor> channels) ->
          channels.stream().map(PerTensor::scale).toList();
      case NarrowPerAxis(int _, int _, List<Float> scales) -> scales;
    };
  }

  /** The axis that scales belong to; -1 for none. */
  static int axis(Quantization quantization) {
    return switch (quantization) {
      case PerTensor _ -> -1;
      case PerAxis(int axis, List<PerTensor> _) -> axis;
      case NarrowPerAxis(int _, int axis, List<Float> _) -> axis;
    };
  }
}
