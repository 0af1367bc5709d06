package dev.gatun.pipelines.audio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.tensor.GatunException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** WAV files of every kind that is read, written here byte by byte; and damaged ones. */
class WavFileTest {
  @TempDir private Path folder;

  /** A file with a chunk to pass over; {@code data} after the format. */
  private static byte[] wav(int kind, int channels, int bits, Consumer<ByteBuffer> data) {
    ByteBuffer sound = ByteBuffer.allocate(256).order(ByteOrder.LITTLE_ENDIAN);
    data.accept(sound);
    boolean extensible = kind < 0;
    int format = extensible ? 40 : 16;
    ByteBuffer file =
        ByteBuffer.allocate(12 + 8 + 4 + 8 + format + 8 + sound.position())
            .order(ByteOrder.LITTLE_ENDIAN);
    file.put(tag("RIFF")).putInt(file.capacity() - 8).put(tag("WAVE"));
    file.put(tag("LIST")).putInt(3).put(new byte[] {1, 2, 3, 0});
    file.put(tag("fmt ")).putInt(format);
    file.putShort((short) (extensible ? 0xFFFE : kind)).putShort((short) channels).putInt(16000);
    file.putInt(16000 * channels * bits / 8);
    file.putShort((short) (channels * bits / 8)).putShort((short) bits);
    if (extensible) {
      file.putShort((short) 22).putShort((short) bits).putInt(0).putShort((short) -kind);
      file.put(new byte[14]);
    }
    file.put(tag("data")).putInt(sound.position()).put(sound.flip());
    return file.array();
  }

  private static byte[] tag(String name) {
    return name.getBytes(StandardCharsets.ISO_8859_1);
  }

  private Audio read(byte... content) throws IOException {
    return Audio.read(Files.write(folder.resolve("a.wav"), content));
  }

  @Test
  void everyEncodingGivesTheSameSound() throws IOException {
    float[] sound = {0, 0.5f, -0.5f, -1, 0.25f};
    assertArrayEquals(sound, read(wav(1, 1, 8, b -> b.put(bytes(128, 192, 64, 0, 160)))).samples());
    byte[] pcm16 =
        wav(
            1,
            1,
            16,
            b -> {
              for (int x : new int[] {0, 16384, -16384, -32768, 8192}) {
                b.putShort((short) x);
              }
            });
    assertArrayEquals(sound, read(pcm16).samples());
    byte[] pcm24 =
        wav(
            1,
            1,
            24,
            b -> {
              for (int x : new int[] {0, 1 << 22, -1 << 22, -1 << 23, 1 << 21}) {
                b.put((byte) x).put((byte) (x >> 8)).put((byte) (x >> 16));
              }
            });
    assertArrayEquals(sound, read(pcm24).samples());
    byte[] pcm32 =
        wav(
            -1,
            1,
            32,
            b -> {
              for (int x : new int[] {0, 1 << 30, -1 << 30, -1 << 31, 1 << 29}) {
                b.putInt(x);
              }
            });
    assertArrayEquals(sound, read(pcm32).samples());
    assertArrayEquals(sound, read(wav(3, 1, 32, b -> put(b, sound))).samples());
    byte[] doubles =
        wav(
            3,
            1,
            64,
            b -> {
              for (float x : sound) {
                b.putDouble(x);
              }
            });
    assertArrayEquals(sound, read(doubles).samples());
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  private static void put(ByteBuffer buffer, float... values) {
    for (float value : values) {
      buffer.putFloat(value);
    }
  }

  @Test
  void channelsBecomeTheirMean() throws IOException {
    Audio audio = read(wav(-3, 2, 32, b -> put(b, 1, 0, -0.5f, 0.5f, 0.25f, 0.75f)));
    assertArrayEquals(new float[] {0.5f, 0, 0.5f}, audio.samples());
    assertEquals(16000, audio.rate());
    assertEquals(3 / 16000.0, audio.duration());
  }

  @Test
  void anUnknownLengthMeansTheRestOfTheFile() throws IOException {
    byte[] file = wav(3, 1, 32, b -> put(b, 1, 2, 3));
    ByteBuffer.wrap(file).putInt(file.length - 16, -1);
    assertEquals(3, read(file).samples().length);
  }

  @Test
  void damagedFilesAreRefusedByName() throws IOException {
    byte[] good = wav(1, 1, 16, b -> b.putShort((short) 1).putShort((short) 2));
    refused("is no WAV file", "RIFX then something else".getBytes(StandardCharsets.UTF_8));
    refused("is no WAV file");
    refused("has no sound", java.util.Arrays.copyOf(good, good.length - 12));
    refused("is cut off", java.util.Arrays.copyOf(good, good.length - 1));
    refused("sound of kind 6 with 8 bits", wav(6, 1, 8, b -> b.put((byte) 0)));
    refused("sound of kind 1 with 12 bits", wav(1, 1, 12, b -> b.put((byte) 0)));
    refused("this makes no sense", wav(1, 0, 16, b -> b.put((byte) 0)));
    GatunException missing =
        assertThrows(GatunException.class, () -> Audio.read(folder.resolve("none.wav")));
    assertTrue(missing.getMessage().contains("cannot be read"), missing.getMessage());
  }

  private void refused(String reason, byte... content) {
    var e = assertThrows(GatunException.class, () -> read(content));
    assertTrue(e.getMessage().contains(reason), e.getMessage());
    assertTrue(e.getMessage().contains("a.wav"), e.getMessage());
  }

  @Test
  void anyBytesGiveASoundOrAClearError() throws IOException {
    byte[] good = wav(-1, 2, 24, b -> b.put(new byte[60]));
    var random = new SplittableRandom(4);
    int read = 0;
    for (int round = 0; round < 2000; round++) {
      byte[] bad = good.clone();
      for (int i = 0; i <= round % 4; i++) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
      }
      try {
        read(bad);
        read++;
      } catch (GatunException e) {
        assertTrue(e.getMessage().contains("a.wav"), e.getMessage());
      }
    }
    assertTrue(read > 100 && read < 1900, read + " of 2000 were read");
  }
}
