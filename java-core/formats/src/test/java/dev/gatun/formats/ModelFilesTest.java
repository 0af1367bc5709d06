package dev.gatun.formats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.graph.ModelSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFilesTest {
  @TempDir Path folder;

  @Test
  void opensGgufUnderAnyName() throws IOException {
    Path path = folder.resolve("sha256-abc");
    Files.copy(TestData.resource("gguf/qwen3-q8_0.gguf"), path);
    try (ModelSource model = ModelFiles.open(path)) {
      assertEquals("sha256-abc", model.name());
      assertEquals("qwen3", model.metadata().string("general.architecture").orElseThrow());
    }
  }

  @Test
  void saysWhatIsThereInstead() throws IOException {
    fails("there is no such file", folder.resolve("nothing"));
    fails("is a folder", folder);
    says("is empty", new byte[0]);
    says("is a git-lfs pointer", "version https://git-lfs.github.com/spec/v1\noid sha256:1\n");
    says("is an HTML page", "\n  <!DOCTYPE HTML><html><title>Sign in</title>");
    says("is an HTML page", "\u00EF\u00BB\u00BF<html lang=en>");
    says("is XML", "<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>");
    says("is JSON", "{\"error\": \"not found\"}");
    says("an old ggml format", "tjgg\1\0\0\0");
    says("is a safetensors file", "\10\0\0\0\0\0\0\0{\"a\":{}}");
    says("looks like an ONNX model", "\10\7\22\7pytorch");
    says("is a TensorFlow Lite model", "\34\0\0\0TFL3\0\0");
    says("is an HDF5 file", "\u0089HDF\r\n");
    says("is a Python pickle", "\u0080\2}q\0.");
    says("is a zip archive", "PK\3\4\24\0");
    says("is packed with gzip", "\u001f\u008b\b\0");
    says("is packed with zstd", "(\u00b5/\u00fd\4");
    says("is packed with xz", "\u00fd7zXZ\0");
    says("is packed with bzip2", "BZh91AY");
    says("is packed with 7z", "7z\u00bc\u00af\47\34");
    says("begins with zeros", new byte[4096]);
    says("begins with the bytes 47 47 55 47", "GGUG\3\0\0\0");
    says("begins with the bytes 61, where", "a");
    byte[] tar = new byte[1024];
    tar[0] = 'm';
    System.arraycopy("ustar".getBytes(StandardCharsets.ISO_8859_1), 0, tar, 257, 5);
    says("is packed with tar", tar);
  }

  @Test
  void aLengthWithoutJsonIsNoSafetensors() throws IOException {
    byte[] bytes = new byte[16];
    Arrays.fill(bytes, 0, 8, (byte) 0x7f);
    bytes[8] = '{';
    says("is not a model file", bytes);
  }

  @Test
  void truncatedGgufSaysSo() throws IOException {
    for (int length : new int[] {4, 8, 23, 24, 100}) {
      byte[] start = Files.readAllBytes(TestData.resource("gguf/qwen3-q8_0.gguf"));
      says("it is incomplete", Arrays.copyOf(start, length));
    }
  }

  private void says(String message, String content) throws IOException {
    says(message, content.getBytes(StandardCharsets.ISO_8859_1));
  }

  private void says(String message, byte[] content) throws IOException {
    Path path = folder.resolve("model.bin");
    Files.write(path, content);
    fails(message, path);
  }

  private static void fails(String message, Path path) {
    ModelFormatException e =
        assertThrows(ModelFormatException.class, () -> ModelFiles.open(path).close());
    assertTrue(e.getMessage().contains(message), e.getMessage());
    assertTrue(e.getMessage().startsWith(path + ": "), e.getMessage());
  }
}
