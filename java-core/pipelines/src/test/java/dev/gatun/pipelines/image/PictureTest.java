package dev.gatun.pipelines.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.tensor.GatunException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures in files: formats, orientation, and what is no picture. */
class PictureTest {
  @TempDir private Path folder;

  @Test
  void whatIsWrittenIsReadAgain() throws IOException {
    int[] pixels = new SplittableRandom(1).ints(35, 0, 1 << 24).toArray();
    Picture picture = new Picture(7, 5, pixels);
    for (String name : new String[] {"a.png", "a.bmp"}) {
      picture.write(folder.resolve(name));
      Picture again = Picture.read(folder.resolve(name));
      assertEquals(7, again.width());
      assertArrayEquals(pixels, again.rgb(), name);
    }
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(2, files.count(), "a temporary file was left");
    }
  }

  @Test
  void transparentPixelsBecomeWhite() throws IOException {
    var image = new BufferedImage(2, 1, BufferedImage.TYPE_INT_ARGB);
    image.setRGB(0, 0, 0x00112233);
    image.setRGB(1, 0, 0x80000000);
    ImageIO.write(image, "png", folder.resolve("a.png").toFile());
    assertArrayEquals(new int[] {0xFFFFFF, 0x7F7F7F}, Picture.read(folder.resolve("a.png")).rgb());
  }

  /** A JPEG whose left half is black, with an orientation. */
  private Path jpeg(int orientation) throws IOException {
    var image = new BufferedImage(32, 16, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 32 * 16; i++) {
      image.setRGB(i % 32, i / 32, i % 32 < 16 ? 0 : 0xFFFFFF);
    }
    var plain = new ByteArrayOutputStream();
    ImageIO.write(image, "jpg", plain);
    ByteBuffer exif = ByteBuffer.allocate(36);
    exif.putShort((short) 0xFFE1).putShort((short) 34);
    exif.put("Exif\0\0MM\0*".getBytes(StandardCharsets.US_ASCII)).putInt(8);
    exif.putShort((short) 1).putShort((short) 0x0112).putShort((short) 3).putInt(1);
    exif.putShort((short) orientation);
    var file = new ByteArrayOutputStream();
    byte[] bytes = plain.toByteArray();
    file.write(bytes, 0, 2);
    file.write(exif.array());
    file.write(bytes, 2, bytes.length - 2);
    return Files.write(folder.resolve("a.jpg"), file.toByteArray());
  }

  @Test
  void jpegsAreTurnedAsTheCameraWasHeld() throws IOException {
    // Where the black half is: left, right, top, bottom.
    String[] sides = {"left", "left", "right", "right", "left", "top", "top", "bottom", "bottom"};
    for (int orientation = 0; orientation <= 8; orientation++) {
      Picture picture = Picture.read(jpeg(orientation));
      boolean lying = orientation < 5;
      assertEquals(lying ? 32 : 16, picture.width(), "orientation " + orientation);
      int x = lying ? 4 : 8;
      int y = lying ? 8 : 4;
      boolean first = (picture.pixel(x, y) & 255) < 128;
      boolean last = (picture.pixel(picture.width() - 1 - x, picture.height() - 1 - y) & 255) < 128;
      assertFalse(first == last);
      String side = lying ? (first ? "left" : "right") : first ? "top" : "bottom";
      assertEquals(sides[orientation], side, "orientation " + orientation);
    }
  }

  @Test
  void whatIsNoPictureIsRefusedByName() throws IOException {
    refused("is no picture of a format that is read", "hello".getBytes(StandardCharsets.UTF_8));
    refused("is no picture of a format that is read");
    new Picture(64, 64, new int[64 * 64]).write(folder.resolve("b.png"));
    byte[] good = Files.readAllBytes(folder.resolve("b.png"));
    refused("", Arrays.copyOf(good, 40));
    byte[] huge = good.clone();
    ByteBuffer.wrap(huge).putInt(16, 60_000).putInt(20, 60_000);
    var crc = new CRC32();
    crc.update(huge, 12, 17);
    ByteBuffer.wrap(huge).putInt(29, (int) crc.getValue());
    refused("has 60000 x 60000 pixels", huge);
    var missing =
        assertThrows(GatunException.class, () -> Picture.read(folder.resolve("none.png")));
    assertTrue(missing.getMessage().contains("cannot be read"), missing.getMessage());
    var format =
        assertThrows(
            GatunException.class, () -> new Picture(1, 1, 0).write(folder.resolve("a.xyz")));
    assertEquals(GatunException.Kind.USAGE, format.kind());
  }

  private void refused(String reason, byte... content) throws IOException {
    Path file = Files.write(folder.resolve("bad.png"), content);
    var e = assertThrows(GatunException.class, () -> Picture.read(file));
    assertTrue(
        e.getMessage().contains(reason) && e.getMessage().contains("bad.png"), e.getMessage());
  }

  @Test
  void damagedFilesGiveAPictureOrAClearError() throws IOException {
    byte[] good = Files.readAllBytes(jpeg(6));
    var random = new SplittableRandom(8);
    for (int round = 0; round < 300; round++) {
      byte[] bad = good.clone();
      for (int i = 0; i <= round % 5; i++) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
      }
      Path file = Files.write(folder.resolve("bad.jpg"), bad);
      try {
        assertTrue(Picture.read(file).width() > 0);
      } catch (GatunException e) {
        assertTrue(e.getMessage().contains("bad.jpg"), e.getMessage());
      }
    }
  }
}
