package dev.gatun.pipelines.filetype;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.pipelines.Goldens;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the model is given of a file, against magika's package; see filetype/README. */
class FileFeaturesTest {
  private static final MagikaConfig CONFIG =
      new MagikaConfig(1024, 1024, 4096, 8, 256, List.of("txt"), 0.5, Map.of(), Map.of());

  @TempDir private Path folder;

  private static String digest(int... tokens) throws NoSuchAlgorithmException {
    ByteBuffer bytes = ByteBuffer.allocate(4 * tokens.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asIntBuffer().put(tokens);
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array()));
  }

  @Test
  void tokensAreThoseOfThePackage() throws IOException, NoSuchAlgorithmException {
    JsonNode golden = Goldens.json("filetype/files.json");
    assertEquals(CONFIG.beginning(), golden.at("/tokens/0").asInt());
    int enough = 0;
    for (JsonNode file : golden.path("files")) {
      byte[] content = Base64.getDecoder().decode(file.path("content").asText());
      Path path = Files.write(folder.resolve("file"), content);
      try (FileChannel channel = FileChannel.open(path)) {
        FileFeatures features = FileFeatures.read(channel, CONFIG);
        String name = file.path("name").asText();
        assertEquals(file.has("tokens"), features.isEnough(), name);
        if (features.isEnough()) {
          assertEquals(file.path("tokens").asText(), digest(features.tokens()), name);
          enough++;
        } else {
          String label = features.isEmpty() ? "empty" : features.isText() ? "txt" : "unknown";
          assertEquals(file.path("high").asText(), label, name);
        }
      }
    }
    assertTrue(enough > 40 && enough < golden.path("files").size());
  }
}
