package dev.gatun.models.chat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Reads this package's test resources. */
final class TestFiles {
  private static final ObjectMapper JSON = new ObjectMapper();

  private TestFiles() {}

  static String text(String name) throws IOException {
    try (InputStream in = TestFiles.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException("no test resource " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  static <T> T json(String text, Class<T> type) throws IOException {
    return JSON.readValue(text, type);
  }

  /** Names of the files of a folder that end so, without that end. */
  static List<String> names(String folder, String end) throws IOException {
    try {
      Path path = Path.of(TestFiles.class.getResource(folder).toURI());
      try (Stream<Path> files = Files.list(path)) {
        return files
            .map(file -> file.getFileName().toString())
            .filter(name -> name.endsWith(end))
            .map(name -> name.substring(0, name.length() - end.length()))
            .sorted()
            .toList();
      }
    } catch (URISyntaxException e) {
      throw new IOException(e);
    }
  }
}
