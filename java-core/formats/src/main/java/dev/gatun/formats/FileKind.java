package dev.gatun.formats;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;

/** Tells from its first bytes what a file is that is not a supported model. */
final class FileKind {
  /** Bytes of the start that are looked at. */
  static final int BYTES = 512;

  private static final String CONVERT = "; download the model as a GGUF file, or convert it to one";

  private FileKind() {}

  static boolean isGguf(byte[] start) {
    return starts(start, 'G', 'G', 'U', 'F');
  }

  /**
   * What is wrong with a file and what to do.
   *
   * @param start its first bytes, at most {@link #BYTES}
   * @param size its size in bytes
   */
  static String describe(byte[] start, long size) {
    if (start.length == 0) {
      return "is empty; download it again";
    }
    String other = text(start);
    if (other == null) {
      other = model(start, size);
    }
    if (other == null) {
      other = container(start);
    }
    if (other != null) {
      return other;
    }
    int shown = Math.min(8, start.length);
    return "is not a model file: it begins with the bytes "
        + HexFormat.ofDelimiter(" ").formatHex(start, 0, shown)
        + ", where a GGUF file has 47 47 55 46; check that it is the file you mean";
  }

  private static String text(byte[] start) {
    String text = new String(start, StandardCharsets.ISO_8859_1);
    text = text.startsWith("\u00EF\u00BB\u00BF") ? text.substring(3) : text;
    text = text.strip().toLowerCase(Locale.ROOT);
    if (text.startsWith("version https://git-lfs.github.com/")) {
      return "is a git-lfs pointer, which stands for the model in a repository; fetch the model"
          + " itself with 'git lfs pull', or download it";
    }
    if (text.startsWith("<!doctype html") || text.startsWith("<html")) {
      return "is an HTML page, not a model: the download ended on a web page (a login, an error);"
          + " download the file itself";
    }
    if (text.startsWith("<?xml")) {
      return "is XML, not a model: an error message of a server, or the graph of an OpenVINO model,"
          + " which cannot be opened; download the model as a GGUF file";
    }
    if (text.startsWith("{")) {
      return "is JSON, not a model: a configuration, or an error message of a server; name the GGUF"
          + " file";
    }
    return null;
  }

  private static String model(byte[] start, long size) {
    if (starts(start, 'l', 'm', 'g', 'g')
        || starts(start, 't', 'j', 'g', 'g')
        || starts(start, 'f', 'm', 'g', 'g')
        || starts(start, 'a', 'l', 'g', 'g')) {
      return "is of an old ggml format from before GGUF (2023)" + CONVERT;
    }
    if (isSafetensors(start, size)) {
      return "is a safetensors file, which is not run as it is; convert its folder first:"
          + " `gatun convert FOLDER model.gguf`";
    }
    if (isOnnx(start)) {
      return "looks like an ONNX model: it writes no text, but `gatun embed`, `classify`, `vad`, `ocr`"
          + " and `classify-image` run such models, `explain` and `show` tell what is in them; to write"
          + " text, download a GGUF file";
    }
    if (start.length >= 8 && new String(start, 4, 4, StandardCharsets.ISO_8859_1).equals("TFL3")) {
      return "is a TensorFlow Lite model, which cannot be opened" + CONVERT;
    }
    if (starts(start, 0x89, 'H', 'D', 'F')) {
      return "is an HDF5 file (a Keras model?), which cannot be opened" + CONVERT;
    }
    if (start.length >= 2 && start[0] == (byte) 0x80 && start[1] >= 2 && start[1] <= 5) {
      return "is a Python pickle (a PyTorch checkpoint?), which cannot be opened" + CONVERT;
    }
    return null;
  }

  private static String container(byte[] start) {
    if (starts(start, 'P', 'K', 3, 4) || starts(start, 'P', 'K', 5, 6)) {
      return "is a zip archive (a PyTorch checkpoint, a wheel?); unpack the GGUF file in it, or"
          + " download the model as a GGUF file";
    }
    String packed = null;
    if (starts(start, 0x1f, 0x8b)) {
      packed = "gzip";
    } else if (starts(start, 0x28, 0xb5, 0x2f, 0xfd)) {
      packed = "zstd";
    } else if (starts(start, 0xfd, '7', 'z', 'X', 'Z')) {
      packed = "xz";
    } else if (starts(start, 'B', 'Z', 'h')) {
      packed = "bzip2";
    } else if (starts(start, '7', 'z', 0xbc, 0xaf)) {
      packed = "7z";
    } else if (start.length >= 262
        && new String(start, 257, 5, StandardCharsets.ISO_8859_1).equals("ustar")) {
      packed = "tar";
    }
    if (packed != null) {
      return "is packed with " + packed + "; unpack it first";
    }
    for (byte b : start) {
      if (b != 0) {
        return null;
      }
    }
    return "begins with zeros: its download was never finished; download it again";
  }

  /** A safetensors file begins with the length of a JSON object, and the object. */
  private static boolean isSafetensors(byte[] start, long size) {
    if (start.length < 9 || start[8] != '{') {
      return false;
    }
    long length = 0;
    for (int i = 7; i >= 0; i--) {
      length = length << 8 | (start[i] & 0xff);
    }
    return length > 0 && length <= size - 8;
  }

  /** An ONNX file is a protocol buffer: ir_version first (field 1, small), then other fields. */
  private static boolean isOnnx(byte[] start) {
    if (start.length < 4 || start[0] != 0x08 || start[1] < 1 || start[1] > 32) {
      return false;
    }
    // producer_name, producer_version, domain, doc_string, graph, opset_import, model_version
    return switch (start[2]) {
      case 0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42 -> true;
      default -> false;
    };
  }

  private static boolean starts(byte[] start, int... magic) {
    if (start.length < magic.length) {
      return false;
    }
    for (int i = 0; i < magic.length; i++) {
      if (start[i] != (byte) magic[i]) {
        return false;
      }
    }
    return true;
  }
}
