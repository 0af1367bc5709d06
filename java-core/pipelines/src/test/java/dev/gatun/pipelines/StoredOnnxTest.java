package dev.gatun.pipelines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.formats.ModelFormatException;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.store.LocatedModel;
import dev.gatun.runtime.store.PullListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** ONNX files in the store: read before they are stored, and found under their ending. */
class StoredOnnxTest {
  @TempDir Path folder;

  private GatunRuntime runtime() {
    return GatunRuntime.builder().home(folder.resolve("home")).offline(true).build();
  }

  @Test
  void anOnnxFileIsStoredAndFoundUnderItsEnding() {
    Path tiny =
        Checkout.root()
            .resolve("java-core/pipelines/src/test/resources/dev/gatun/pipelines/embedding")
            .resolve("tiny/model.onnx");
    try (GatunRuntime runtime = runtime()) {
      Models.pull(runtime, tiny.toString(), Optional.of("tiny"), PullListener.NONE);
      LocatedModel located = Models.locate(runtime, "tiny", PullListener.NONE);
      assertEquals("model.onnx", located.path().getFileName().toString());
      assertTrue(located.digest().isPresent());
      assertTrue(runtime.store().remove("tiny").found());
      assertTrue(Files.notExists(located.path()));
    }
  }

  @Test
  void whatIsNoOnnxIsNotStored() throws IOException {
    Path text = Files.writeString(folder.resolve("poem.onnx"), "roses are red");
    try (GatunRuntime runtime = runtime()) {
      assertThrows(
          ModelFormatException.class,
          () -> Models.pull(runtime, text.toString(), Optional.empty(), PullListener.NONE));
      assertEquals(List.of(), runtime.store().list());
    }
  }
}
