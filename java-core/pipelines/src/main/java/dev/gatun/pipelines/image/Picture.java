package dev.gatun.pipelines.image;

import dev.gatun.tensor.GatunException;
import java.nio.file.Path;

/**
 * A picture of 8 bits per channel, without transparency. Immutable as long as nobody writes to its
 * pixels, which are not copied.
 */
public final class Picture {
  /** Pixels of the largest picture that is read. */
  public static final long MAX_PIXELS = 100_000_000;

  private final int width;
  private final int height;
  private final int[] rgb;

  /**
   * @param rgb one number per pixel, 0xRRGGBB, row by row from the top left
   * @throws IllegalArgumentException when it has no pixels, or not as many numbers as pixels
   */
  public Picture(int width, int height, int... rgb) {
    if (width < 1 || height < 1 || (long) width * height != rgb.length) {
      throw new IllegalArgumentException(
          "%d x %d pixels in %d numbers".formatted(width, height, rgb.length));
    }
    this.width = width;
    this.height = height;
    this.rgb = rgb;
  }

  /**
   * Reads a picture in a format of the JDK (PNG, JPEG, GIF, BMP, TIFF; more where an ImageIO
   * plug-in is on the class path, as TwelveMonkeys' for WebP). What is transparent becomes white; a
   * JPEG is turned as its EXIF orientation says.
   *
   * @throws GatunException when it cannot be read, is no picture, or has more than {@link
   *     #MAX_PIXELS}
   */
  public static Picture read(Path file) {
    return PictureFile.read(file);
  }

  /**
   * Writes a picture to a temporary name, and renames it.
   *
   * @param file whose ending says the format: {@code .png}, {@code .jpg}, {@code .bmp}, …
   * @throws GatunException when it cannot be written or nothing writes this format
   */
  public void write(Path file) {
    PictureFile.write(this, file);
  }

  public int width() {
    return width;
  }

  public int height() {
    return height;
  }

  /** Pixels as 0xRRGGBB, row by row; not a copy. */
  public int[] rgb() {
    return rgb;
  }

  /** The pixel at a place, 0xRRGGBB. */
  public int pixel(int x, int y) {
    return rgb[y * width + x];
  }

  /** Turned by a quarter turn to the left, so often. */
  public Picture turnedLeft(int quarters) {
    return switch (Math.floorMod(quarters, 4)) {
      case 1 -> mapped(height, width, (x, y) -> pixel(width - 1 - y, x));
      case 2 -> mapped(width, height, (x, y) -> pixel(width - 1 - x, height - 1 - y));
      case 3 -> mapped(height, width, (x, y) -> pixel(y, height - 1 - x));
      default -> this;
    };
  }

  /** Left and right exchanged. */
  public Picture mirrored() {
    return mapped(width, height, (x, y) -> pixel(width - 1 - x, y));
  }

  /** The part that begins at a corner; must lie inside. */
  public Picture part(int left, int top, int partWidth, int partHeight) {
    return mapped(partWidth, partHeight, (x, y) -> pixel(left + x, top + y));
  }

  /** Where the new pixels come from. */
  @FunctionalInterface
  interface Source {
    int pixel(int x, int y);
  }

  static Picture mapped(int width, int height, Source source) {
    int[] pixels = new int[width * height];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        pixels[y * width + x] = source.pixel(x, y) & 0xFFFFFF;
      }
    }
    return new Picture(width, height, pixels);
  }
}
