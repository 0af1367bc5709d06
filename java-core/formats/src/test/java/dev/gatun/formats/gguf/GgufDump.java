package dev.gatun.formats.gguf;

import dev.gatun.graph.Metadata;
import dev.gatun.graph.ModelSource;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Prints a model as {@code make_goldens.py} does. */
final class GgufDump {
  private GgufDump() {}

  static List<String> lines(GgufFile model) {
    List<String> lines = new ArrayList<>();
    for (String key : model.metadata().keys()) {
      lines.add("kv\t" + key + "\t" + value(model.metadata(), key));
    }
    for (String name : model.tensorNames()) {
      ModelSource.TensorInfo info = model.info(name).orElseThrow();
      String shape =
          Arrays.stream(info.shape().toArray())
              .mapToObj(Long::toString)
              .collect(Collectors.joining(","));
      Tensor tensor = model.tensor(name).orElseThrow();
      String digest = sha256(tensor.data().toArray(ValueLayout.JAVA_BYTE));
      lines.add("tensor\t" + name + "\t" + info.dtype() + "\t" + shape + "\t" + digest);
    }
    return lines;
  }

  private static String value(Metadata metadata, String key) {
    Object value = metadata.value(key).orElseThrow();
    String type = typeName(((GgufMetadata) metadata).stored(key));
    List<String> elements =
        switch (value) {
          case long[] a -> IntStream.range(0, a.length).mapToObj(i -> canonical(a[i])).toList();
          case float[] a ->
              IntStream.range(0, a.length).mapToObj(i -> canonical((double) a[i])).toList();
          case double[] a -> IntStream.range(0, a.length).mapToObj(i -> canonical(a[i])).toList();
          case boolean[] a -> IntStream.range(0, a.length).mapToObj(i -> canonical(a[i])).toList();
          case List<?> a -> a.stream().map(GgufDump::canonical).toList();
          default -> null;
        };
    return elements == null
        ? type + " " + canonical(value)
        : elements.size() + " " + type + " " + sha256(utf8(String.join("\n", elements)));
  }

  private static String typeName(GgufValue value) {
    GgufType type =
        switch (value) {
          case GgufValue.Single single -> single.type();
          case GgufValue.Numbers numbers -> numbers.element();
          case GgufValue.Strings strings -> GgufType.STRING;
          case GgufValue.Nested nested -> GgufType.ARRAY;
        };
    String name = type.name();
    return switch (name.charAt(0)) {
      case 'U' -> "UINT" + name.substring(1);
      case 'I' -> "INT" + name.substring(1);
      case 'F' -> "FLOAT" + name.substring(1);
      default -> name;
    };
  }

  private static String canonical(Object value) {
    return switch (value) {
      case String text -> sha256(utf8(text));
      case Double number -> HexFormat.of().toHexDigits(Double.doubleToLongBits(number));
      default -> value.toString();
    };
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
