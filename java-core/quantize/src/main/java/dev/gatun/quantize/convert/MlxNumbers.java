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
 * The tensors of a model that MLX quantized (affine), decoded as MLX does: product and sum are each
 * rounded to the type of the scales, so the numbers are exactly MLX's.
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

  private void add(String name, String module, JsonNode settings, HfConfig config) {
    JsonNode own = settings.path(module).isObject() ? settings.path(module) : settings;
    String mode = own.path("mode").asText(settings.path("mode").asText("affine"));
    if (!mode.equals("affine")) {
      throw config.bad(
          "is quantized by MLX's mode '%s', which is not converted; affine is".formatted(mode));
    }
    MlxFormat format;
    try {
      format = new MlxFormat(own.path("bits").asInt(4), own.path("group_size").asInt(64));
    } catch (IllegalArgumentException e) {
      throw config.bad(e.getMessage());
    }
    TensorInfo codes = file.info(name).orElseThrow();
    TensorInfo scales = file.info(module + ".scales").orElseThrow();
    Optional<TensorInfo> biases = file.info(module + ".biases");
    boolean agree =
        codes.dtype() == DType.U32
            && codes.shape().rank() >= 2
            && scales.dtype().isFloat()
            && biases.isPresent()
            && biases.get().shape().equals(scales.shape())
            && biases.get().dtype() == scales.dtype()
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
    formats.put(name, format);
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
    return Optional.of(new TensorInfo(name, scales.dtype(), Shape.of(dims)));
  }

  @Override
  public void withRows(String name, RowAction action) throws IOException {
    MlxFormat format = formats.get(name);
    if (format == null) {
      plain.withRows(name, action);
      return;
    }
    Tensor scales = file.tensor(beside(name, "scales")).orElseThrow();
    Tensor biases = file.tensor(beside(name, "biases")).orElseThrow();
    try {
      file.withTensor(
          name,
          codes -> {
            try {
              action.run(new Decoder(format, codes.data(), scales, biases));
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** Whole groups of one tensor. */
  private record Decoder(MlxFormat format, MemorySegment codes, Tensor scales, Tensor biases)
      implements Rows {
    @Override
    public void read(long from, int count, float[] dst, int dstOffset) {
      int groups = count / format.group();
      long first = from / format.group();
      float[] scale = affine(scales, first, groups);
      float[] bias = affine(biases, first, groups);
      BlockFormat rounding = BlockFormat.of(scales.dtype());
      byte[] scratch = new byte[scales.dtype().blockBytes() * format.group()];
      int mask = (1 << format.bits()) - 1;
      long bit = from * format.bits();
      for (int group = 0; group < groups; group++) {
        int at = dstOffset + group * format.group();
        for (int i = at; i < at + format.group(); i++, bit += format.bits()) {
          dst[i] = code(bit, mask) * scale[group];
        }
        round(rounding, dst, at, scratch);
        for (int i = at; i < at + format.group(); i++) {
          dst[i] += bias[group];
        }
        round(rounding, dst, at, scratch);
      }
    }

    private void round(BlockFormat rounding, float[] numbers, int at, byte[] scratch) {
      if (scales.dtype() != DType.F32) {
        rounding.encode(numbers, at, scratch, 0, format.group());
        rounding.decode(scratch, 0, numbers, at, format.group());
      }
    }

    private int code(long bit, int mask) {
      long at = bit >>> 3;
      int low = codes.get(ValueLayout.JAVA_BYTE, at) & 0xff;
      int shift = (int) (bit & 7);
      int value = low >>> shift;
      if (shift + format.bits() > 8) {
        value |= (codes.get(ValueLayout.JAVA_BYTE, at + 1) & 0xff) << (8 - shift);
      }
      return value & mask;
    }

    private static float[] affine(Tensor tensor, long first, int count) {
      float[] values = new float[count];
      BlockFormat.of(tensor.dtype())
          .decode(tensor.data(), tensor.dtype().byteSize(first), values, 0, count);
      return values;
    }
  }
}
