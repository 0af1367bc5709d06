package dev.gatun.pipelines.image;

import dev.gatun.runtime.files.AtomicFile;
import dev.gatun.tensor.GatunException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** Pictures in files, by ImageIO. The only class that needs {@code java.desktop}. */
final class PictureFile {
  private static final long MAX_BYTES = 1L << 30;

  private PictureFile() {}

  static Picture read(Path file) {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw bad(file, "is too large for a picture: " + Files.size(file) + " bytes", null);
      }
      byte[] content = Files.readAllBytes(file);
      return oriented(decode(file, content), ExifOrientation.of(content));
    } catch (IOException e) {
      throw bad(file, "cannot be read (" + GatunException.reason(e) + ")", e);
    }
  }

  private static Picture decode(Path file, byte[] content) throws IOException {
    try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(content))) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        throw bad(
            file,
            "is no picture of a format that is read: "
                + String.join(", ", formats(ImageIO.getReaderFormatNames())),
            null);
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(in);
        int width = reader.getWidth(0);
        int height = reader.getHeight(0);
        if ((long) width * height > Picture.MAX_PIXELS) {
          throw bad(
              file,
              "has %d x %d pixels; at most %d are read; make it smaller"
                  .formatted(width, height, Picture.MAX_PIXELS),
              null);
        }
        return picture(reader.read(0));
      } catch (RuntimeException e) {
        // Decoders meet damaged files with all kinds of exceptions.
        throw e instanceof GatunException known
            ? known
            : bad(file, "is a damaged picture (" + GatunException.reason(e) + ")", e);
      } finally {
        reader.dispose();
      }
    }
  }

  private static Picture picture(BufferedImage image) {
    int width = image.getWidth();
    int height = image.getHeight();
    int[] pixels = image.getRGB(0, 0, width, height, null, 0, width);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = onWhite(pixels[i]);
    }
    return new Picture(width, height, pixels);
  }

  private static int onWhite(int argb) {
    int alpha = argb >>> 24;
    if (alpha == 255) {
      return argb & 0xFFFFFF;
    }
    int result = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
      int value = (argb >> shift) & 255;
      result = (result << 8) | ((value * alpha + 255 * (255 - alpha) + 127) / 255);
    }
    return result;
  }

  /** EXIF's eight orientations: what the camera's top left corner has become. */
  private static Picture oriented(Picture picture, int orientation) {
    return switch (orientation) {
      case 2 -> picture.mirrored();
      case 3 -> picture.turnedLeft(2);
      case 4 -> picture.turnedLeft(2).mirrored();
      case 5 -> picture.turnedLeft(3).mirrored();
      case 6 -> picture.turnedLeft(3);
      case 7 -> picture.turnedLeft(1).mirrored();
      case 8 -> picture.turnedLeft(1);
      default -> picture;
    };
  }

  static void write(Picture picture, Path file) {
    String name = file.getFileName().toString();
    String format = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    var image = new BufferedImage(picture.width(), picture.height(), BufferedImage.TYPE_INT_RGB);
    image.setRGB(0, 0, picture.width(), picture.height(), picture.rgb(), 0, picture.width());
    var bytes = new ByteArrayOutputStream();
    try {
      if (!ImageIO.write(image, format, bytes)) {
        throw new GatunException(
            GatunException.Kind.USAGE,
            "%s: pictures are written as %s, by the file's ending"
                .formatted(file, String.join(", ", formats(ImageIO.getWriterFormatNames()))));
      }
      AtomicFile.write(file, bytes.toByteArray());
    } catch (IOException e) {
      throw bad(file, "cannot be written (" + GatunException.reason(e) + ")", e);
    }
  }

  private static Iterable<String> formats(String... names) {
    return Arrays.stream(names)
        .map(name -> name.toLowerCase(Locale.ROOT))
        .sorted()
        .distinct()
        .toList();
  }

  private static GatunException bad(Path file, String what, Throwable cause) {
    return new GatunException(GatunException.Kind.FAILURE, file + " " + what, cause);
  }
}
