package dev.gatun.pipelines.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The orientation that a camera wrote into a JPEG file (EXIF 2.3, tag 0x0112): 1 to 8, 1 where
 * there is none. Whatever is damaged counts as none.
 */
final class ExifOrientation {
  private static final int UPRIGHT = 1;
  private static final int START_OF_SCAN = 0xDA;
  private static final int APP1 = 0xE1;
  private static final int TAG = 0x0112;
  private static final int ENTRY_BYTES = 12;
  private static final byte[] HEADER = "Exif\0\0".getBytes(StandardCharsets.US_ASCII);

  private ExifOrientation() {}

  static int of(byte... file) {
    ByteBuffer buffer = ByteBuffer.wrap(file);
    if (file.length < 4 || buffer.getShort(0) != (short) 0xFFD8) {
      return UPRIGHT;
    }
    int at = 2;
    while (at + 4 <= file.length && file[at] == (byte) 0xFF) {
      int marker = Byte.toUnsignedInt(file[at + 1]);
      int length = Short.toUnsignedInt(buffer.getShort(at + 2));
      if (marker == START_OF_SCAN || length < 2 || at + 2 + length > file.length) {
        break;
      }
      if (marker == APP1 && startsWith(file, at + 4)) {
        int from = at + 4 + HEADER.length;
        return ofTiff(buffer.slice(from, Math.max(0, at + 2 + length - from)));
      }
      at += 2 + length;
    }
    return UPRIGHT;
  }

  private static boolean startsWith(byte[] file, int at) {
    for (int i = 0; i < HEADER.length; i++) {
      if (at + i >= file.length || file[at + i] != HEADER[i]) {
        return false;
      }
    }
    return true;
  }

  private static int ofTiff(ByteBuffer tiff) {
    if (tiff.capacity() < 8) {
      return UPRIGHT;
    }
    tiff.order(tiff.getShort(0) == 0x4949 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    long directory = Integer.toUnsignedLong(tiff.getInt(4));
    if (directory + 2 > tiff.capacity()) {
      return UPRIGHT;
    }
    int count = Short.toUnsignedInt(tiff.getShort((int) directory));
    for (int i = 0; i < count; i++) {
      long entry = directory + 2 + (long) i * ENTRY_BYTES;
      if (entry + ENTRY_BYTES > tiff.capacity()) {
        break;
      }
      if (Short.toUnsignedInt(tiff.getShort((int) entry)) == TAG) {
        int value = Short.toUnsignedInt(tiff.getShort((int) entry + 8));
        return value >= 1 && value <= 8 ? value : UPRIGHT;
      }
    }
    return UPRIGHT;
  }
}
