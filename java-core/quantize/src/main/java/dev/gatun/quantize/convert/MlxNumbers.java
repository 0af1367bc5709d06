package dev.gatun.quantize.convert;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.formats.safetensors.SafetensorsFile;
import dev.gatun.graph.ModelSource.TensorInfo;
import dev.gatun.tensor.BlockFormat;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The tensors of a model that MLX quantized, decoded as MLX does. Affine: product and sum are each
 * rounded to the type of the scales, so the numbers are exactly MLX's. Those of the other modes are
 * BF16, which has them all.
 */
final class MlxNumbers implements NumberSource {
  private final SafetensorsFile file;
  private final SafetensorsNumbers plain;
  private final Set<String> names = new LinkedHashSet<>();
  private final Map<String, MlxFormat> formats = new HashMap<>();

  private MlxNumbers(SafetensorsFile file) {
    this.file = file;
    this.plain = SafetensorsNumbers.of(file);
  }

  /** The numbers of a folder, whether MLX quantized it or not. */
  static NumberSource of(ModelFolder folder) {
    JsonNode settings = folder.config().root().path("quantization");
    if (!settings.isObject()) {
      return SafetensorsNumbers.of(folder.tensors());
    }
    MlxNumbers numbers = new MlxNumbers(folder.tensors());
    for (String name : numbers.plain.names()) {
      String module = name.substring(0, Math.max(0, name.lastIndexOf('.')));
      boolean quantized = folder.tensors().tensorNames().contains(module + ".scales");
      if (quantized && (name.endsWith(".scales") || name.endsWith(".biases"))) {
        continue;
      }
      numbers.names.add(name);
      if (quantized && name.endsWith(".weight")) {
        numbers.add(name, module, settings, folder.config());
      }
    }
    return numbers;
  }

  private void add(String tensor, String module, JsonNode settings, HfConfig config) {
    JsonNode own = settings.path(module).isObject() ? settings.path(module) : settings;
    String name = own.path("mode").asText(settings.path("mode").asText("affine"));
    MlxMode mode =
        MlxMode.of(name)
            .filter(known -> !own.path("global_scale").asBoolean(false))
            .orElseThrow(() ->
                config.bad(
                    "is quantized by MLX's mode '%s'%s, which is not converted"
                        .formatted(name, own.has("global_scale") ? " with a scale for all" : "")));
    MlxFormat format;
    try {
      format =
          new MlxFormat(
              mode,
              own.path("bits").asInt(mode.bits()),
              own.path("group_size").asInt(mode.group()));
    } catch (IllegalArgumentException e) {
      throw config.bad(e.getMessage());
    }
    TensorInfo codes = file.info(tensor).orElseThrow();
    TensorInfo scales = file.info(module + ".scales").orElseThrow();
    Optional<TensorInfo> biases = file.info(module + ".biases");
    boolean agree =
        codes.dtype() == DType.U32
            && codes.shape().rank() >= 2
            && (mode == MlxMode.AFFINE
                ? affine(scales, biases)
                : biases.isEmpty() && scales.dtype() == DType.U8)
            && codes.shape().elements() * 32
                == scales.shape().elements() * format.group() * format.bits()
            && codes.shape().rowLength() * 32
                == scales.shape().rowLength() * format.group() * format.bits();
    if (!agree) {
      throw config.bad(
          "says %d bits in groups of %d for %s, which its tensors contradict: weight %s %s, scales %s %s"
              .formatted(
                  format.bits(),
                  format.group(),
                  module,
                  codes.dtype(),
                  codes.shape(),
                  scales.dtype(),
                  scales.shape()));
    }
    formats.put(tensor, format);
  }

  private static boolean affine(TensorInfo scales, Optional<TensorInfo> biases) {
    return scales.dtype().isFloat()
        && biases.isPresent()
        && biases.get().shape().equals(scales.shape())
        && biases.get().dtype() == scales.dtype();
  }

  private static String beside(String name, String kind) {
    return name.substring(0, name.length() - "weight".length()) + kind;
  }

  @Override
  public Set<String> names() {
    return Collections.unmodifiableSet(names);
  }

  @Override
  public Optional<TensorInfo> info(String name) {
    MlxFormat format = formats.get(name);
    if (format == null) {
      return plain.info(name);
    }
    TensorInfo scales = file.info(beside(name, "scales")).orElseThrow();
    long[] dims = scales.shape().toArray();
    dims[dims.length - 1] *= format.group();
    DType type = scales.dtype() == DType.U8 ? DType.BF16 : scales.dtype();
    return Optional.of(new TensorInfo(name, type, Shape.of(dims)));
  }

  @Override
  public void withRows(String name, RowAction action) throws IOException {
    MlxFormat format = formats.get(name);
    if (format == null) {
      plain.withRows(name, action);
      return;
    }
    Tensor scales = file.tensor(beside(name, "scales")).orElseThrow();
    Optional<Tensor> biases = file.tensor(beside(name, "biases"));
    try {
      file.withTensor(
          name,
          codes -> {
            try {
              Codes packed = new Codes(codes.data(), format.bits());
              action.run(
                  biases.isPresent()
                      ? new Affine(format.group(), packed, scales, biases.get())
                      : new Floats(
                          MlxFloats.of(format.mode()), format.group(), packed, scales.data()));
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** Codes of one tensor, packed lowest bits first. */
  private record Codes(MemorySegment data, int bits) {
    int at(long index) {
      long bit = index * bits;
      long at = bit >>> 3;
      int low = data.get(ValueLayout.JAVA_BYTE, at) & 0xff;
      int shift = (int) (bit & 7);
      int value = low >>> shift;
      if (shift + bits > 8) {
        value |= (data.get(ValueLayout.JAVA_BYTE, at + 1) & 0xff) << (8 - shift);
      }
      return value & (1 << bits) - 1;
    }
  }

  /** Whole groups of one tensor of small floating-point numbers. */
  private record Floats(MlxFloats format, int group, Codes codes, MemorySegment scales)
      implements Rows {
    @Override
    public void read(long from, int count, float[] dst, int dstOffset) {
      for (int i = 0; i < count; i++) {
        long index = from + i;
        int scale = scales.get(ValueLayout.JAVA_BYTE, index / group) & 0xff;
        dst[dstOffset + i] = format.codes().decode(codes.at(index)) * format.scale(scale);
      }
    }
  }

  /** Whole groups of one affine tensor. */
  private record Affine(int length, Codes codes, Tensor scales, Tensor biases) implements Rows {
    @Override
    public void read(long from, int count, float[] dst, int dstOffset) {
      int groups = count / length;
      long first = from / length;
      float[] scale = affine(scales, first, groups);
      float[] bias = affine(biases, first, groups);
      BlockFormat rounding = BlockFormat.of(scales.dtype());
      byte[] scratch = new byte[scales.dtype().blockBytes() * length];
      long index = from;
      for (int group = 0; group < groups; group++) {
        int at = dstOffset + group * length;
        for (int i = at; i < at + length; i++, index++) {
          dst[i] = codes.at(index) * scale[group];
        }
        round(rounding, dst, at, scratch);
        for (int i = at; i < at + length; i++) {
          dst[i] += bias[group];
        }
        round(rounding, dst, at, scratch);
      }
    }

    private void round(BlockFormat rounding, float[] numbers, int at, byte[] scratch) {
      if (scales.dtype() != DType.F32) {
        rounding.encode(numbers, at, scratch, 0, length);
        rounding.decode(scratch, 0, numbers, at, length);
      }
    }

    private static float[] affine(Tensor tensor, long first, int count) {
      float[] values = new float[count];
      BlockFormat.of(tensor.dtype())
          .decode(tensor.data(), tensor.dtype().byteSize(first), values, 0, count);
      return values;
    }
  }
}
