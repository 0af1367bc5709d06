package dev.gatun.tensor;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * The lattices of the IQ formats, expanded from {@code iq-grids.bin} (layout and origin: the README
 * beside it). Each is read on first use of a format that needs it.
 */
final class IqGrids {
  private IqGrids() {}

  private static final byte[] TWO = {8, 25, 43};
  private static final byte[] THREE_XXS = {4, 12, 20, 28, 36, 44, 52, 62};
  private static final byte[] THREE_S = {1, 3, 5, 7, 9, 11, 13, 15};
  private static final byte[] ONE = {-1, 0, 1};

  static final class Iq2Xxs {
    /** 256 points of 8 values. */
    static final byte[] POINTS = read(0, 256, 8, 2, TWO);

    private Iq2Xxs() {}
  }

  static final class Iq2Xs {
    /** 512 points of 8 values. */
    static final byte[] POINTS = read(512, 512, 8, 2, TWO);

    private Iq2Xs() {}
  }

  static final class Iq2S {
    /** 1024 points of 8 values. */
    static final byte[] POINTS = read(1536, 1024, 8, 2, TWO);

    private Iq2S() {}
  }

  static final class Iq3Xxs {
    /** 256 points of 4 values. */
    static final byte[] POINTS = read(3584, 256, 4, 3, THREE_XXS);

    private Iq3Xxs() {}
  }

  static final class Iq3S {
    /** 512 points of 4 values. */
    static final byte[] POINTS = read(4096, 512, 4, 3, THREE_S);

    private Iq3S() {}
  }

  static final class Iq1 {
    /** 2048 points of 8 values, of IQ1_S and IQ1_M. */
    static final byte[] POINTS = read(5120, 2048, 8, 2, ONE);

    private Iq1() {}
  }

  /**
   * The signs of eight values as a bit set, from the seven bits that are stored: the eighth makes
   * the number of set bits even.
   */
  static int evenSigns(int stored) {
    return stored | (Integer.bitCount(stored) & 1) << 7;
  }

  /** Reads points of {@code bits} bits a value, each point in two bytes, first value lowest. */
  private static byte[] read(int offset, int points, int values, int bits, byte[] levels) {
    byte[] packed = new byte[2 * points];
    try (InputStream in = IqGrids.class.getResourceAsStream("iq-grids.bin")) {
      if (in == null) {
        throw new IllegalStateException("iq-grids.bin is missing beside " + IqGrids.class);
      }
      in.skipNBytes(offset);
      if (in.readNBytes(packed, 0, packed.length) != packed.length) {
        throw new IllegalStateException("iq-grids.bin is too short");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    byte[] expanded = new byte[points * values];
    for (int p = 0; p < points; p++) {
      int word = Bytes.u16(packed, 2 * p);
      for (int v = 0; v < values; v++) {
        expanded[p * values + v] = levels[word >> (v * bits) & (1 << bits) - 1];
      }
    }
    return expanded;
  }
}
