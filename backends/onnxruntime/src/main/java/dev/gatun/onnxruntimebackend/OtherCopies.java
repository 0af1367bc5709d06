package dev.gatun.onnxruntimebackend;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Further copies of ONNX Runtime in this process, such as that of its Java API. */
final class OtherCopies {
  private OtherCopies() {}

  /** A file of that name that is mapped beside ours; on Linux alone (proc(5)). */
  static Optional<String> of(Path ours) {
    try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"), ISO_8859_1)) {
      return maps.filter(line -> line.contains("/libonnxruntime.so"))
          .map(line -> line.substring(line.indexOf('/')))
          .filter(path -> !path.equals(ours.toString()))
          .findFirst();
    } catch (IOException | UncheckedIOException e) {
      return Optional.empty();
    }
  }
}
