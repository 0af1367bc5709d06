package dev.gatun.runtime.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.fetch.Disk;
import dev.gatun.runtime.fetch.RetryPolicy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that fills up while a file arrives. */
class DiskFullTest {
  @TempDir Path home;
  private final byte[] file = new byte[300_000];
  private ModelServer server;
  private ModelStore store;

  /** A disk of so many bytes, which may lie about what is free. */
  private record SmallDisk(long bytes, long said) implements Disk {
    @Override
    public long usable(Path folder) {
      return said;
    }

    @Override
    public SeekableByteChannel open(Path path) throws IOException {
      SeekableByteChannel channel = Disk.real().open(path);
      return new SeekableByteChannel() {
        @Override
        public int write(ByteBuffer source) throws IOException {
          long room = bytes - channel.position();
          if (room <= 0) {
            throw new FileSystemException(path.toString(), null, "No space left on device");
          }
          ByteBuffer some = source.slice();
          some.limit((int) Math.min(room, some.remaining()));
          int written = channel.write(some);
          source.position(source.position() + written);
          return written;
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
          return channel.read(target);
        }

        @Override
        public long position() throws IOException {
          return channel.position();
        }

        @Override
        public SeekableByteChannel position(long position) throws IOException {
          channel.position(position);
          return this;
        }

        @Override
        public long size() throws IOException {
          return channel.size();
        }

        @Override
        public SeekableByteChannel truncate(long size) throws IOException {
          channel.truncate(size);
          return this;
        }

        @Override
        public boolean isOpen() {
          return channel.isOpen();
        }

        @Override
        public void close() throws IOException {
          channel.close();
        }
      };
    }
  }

  @BeforeEach
  void start() throws IOException {
    new Random(2).nextBytes(file);
    server = new ModelServer();
    server.put("/m.gguf", file);
    store = new ModelStore(home);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private StoredModel pull(Disk disk) {
    try (GatunRuntime runtime =
        GatunRuntime.builder().discover(false).threads(1).memoryBudget(1).home(home).build()) {
      String digest = Digests.hex(Digests.sha256().digest(file));
      return new ModelPuller(store, runtime.settings(), RetryPolicy.DEFAULT, disk)
          .pull(server.address() + "/m.gguf#sha256=" + digest, PullListener.NONE);
    }
  }

  @Test
  void whatHasArrivedIsKeptAndContinued() throws IOException {
    StoreException e =
        assertThrows(StoreException.class, () -> pull(new SmallDisk(100_000, 1 << 20)));
    assertTrue(e.getMessage().contains("no room in " + home), e.getMessage());
    assertEquals(1, server.requests.size(), "a full disk is not tried again");
    assertEquals(0, store.list().size());
    StoredModel model = pull(Disk.real());
    assertArrayEquals(file, Files.readAllBytes(store.paths(model).getFirst()));
    String range = server.requests.getLast().range();
    long from = Long.parseLong(range.replaceAll("\\D", ""));
    assertTrue(from > 0 && from <= 100_000, range);
  }

  @Test
  void aFileThatCannotFitIsNotBegun() {
    StoreException e =
        assertThrows(StoreException.class, () -> pull(new SmallDisk(1 << 20, 200_000)));
    assertTrue(e.getMessage().contains("300.0 kB are needed, 200.0 kB are free"), e.getMessage());
    assertEquals(0, store.list().size());
  }
}
