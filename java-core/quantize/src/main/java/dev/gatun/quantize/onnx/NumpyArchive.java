package dev.gatun.quantize.onnx;

import dev.gatun.tensor.DType;
import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** Reads arrays that {@code numpy.savez} wrote: versions 1 to 3 of the format, C order. */
final class NumpyArchive {
  private static final long MOST = 1L << 30;
  private static final Pattern HEADER =
      Pattern.compile(
          "'descr': '([<|=])([a-z])(\\d)', 'fortran_order': (True|False), 'shape': \\(([\\d, ]*)\\)");

  private NumpyArchive() {}

  /**
   * The arrays by name.
   *
   * @throws GatunException naming what is wrong in which file
   */
  static Map<String, Tensor> read(Path path) {
    Map<String, Tensor> arrays = new LinkedHashMap<>();
    try (ZipFile zip = new ZipFile(path.toFile())) {
      Enumeration<? extends ZipEntry> entries = zip.entries();
      while (entries.hasMoreElements()) {
        ZipEntry entry = entries.nextElement();
        if (!entry.getName().endsWith(".npy")) {
          continue;
        }
        if (entry.getSize() > MOST) {
          throw bad(path, entry.getName() + " takes more than 1 GiB", null);
        }
        byte[] bytes = zip.getInputStream(entry).readNBytes((int) MOST);
        String name = entry.getName().substring(0, entry.getName().length() - 4);
        arrays.put(name, array(path, name, bytes));
      }
    } catch (IOException e) {
      throw bad(path, "it is no .npz file, or is damaged (" + e.getMessage() + ")", e);
    }
    return arrays;
  }

  private static Tensor array(Path path, String name, byte... bytes) {
    boolean wide = bytes.length > 6 && bytes[6] > 1;
    int start = wide ? 12 : 10;
    if (bytes.length < start || bytes[0] != (byte) 0x93) {
      throw bad(path, "'" + name + "' is no array", null);
    }
    int length = (bytes[8] & 0xff) | (bytes[9] & 0xff) << 8;
    if (wide) {
      length |= (bytes[10] & 0xff) << 16 | (bytes[11] & 0x7f) << 24;
    }
    int end = start + Math.min(length, bytes.length - start);
    String header = new String(bytes, start, end - start, StandardCharsets.UTF_8);
    Matcher matcher = HEADER.matcher(header);
    if (!matcher.find()) {
      throw bad(path, "'%s' has the header %s".formatted(name, header.strip()), null);
    }
    DType dtype = dtype(matcher.group(2) + matcher.group(3));
    if (dtype == null || (matcher.group(4).equals("True") && matcher.group(5).contains(", "))) {
      throw bad(
          path,
          "'%s' is %s; give numbers in C order and little endian".formatted(name, header.strip()),
          null);
    }
    long[] dims =
        Arrays.stream(matcher.group(5).split(","))
            .map(String::strip)
            .filter(each -> !each.isEmpty())
            .mapToLong(Long::parseLong)
            .toArray();
    Shape shape = Shape.of(dims);
    if (bytes.length - end != dtype.byteSize(shape.elements())) {
      throw bad(path, "'%s' is cut off".formatted(name), null);
    }
    return new Tensor(
        dtype, shape, MemorySegment.ofArray(Arrays.copyOfRange(bytes, end, bytes.length)));
  }

  private static DType dtype(String code) {
    return switch (code) {
      case "f2" -> DType.F16;
      case "f4" -> DType.F32;
      case "f8" -> DType.F64;
      case "i1" -> DType.I8;
      case "i2" -> DType.I16;
      case "i4" -> DType.I32;
      case "i8" -> DType.I64;
      case "u1" -> DType.U8;
      case "u2" -> DType.U16;
      case "b1" -> DType.BOOL;
      default -> null;
    };
  }

  private static GatunException bad(Path path, String what, Throwable cause) {
    return new GatunException(
        GatunException.Kind.USAGE, "calibration data %s: %s".formatted(path, what), cause);
  }
}
