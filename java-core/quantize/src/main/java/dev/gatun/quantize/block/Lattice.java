package dev.gatun.quantize.block;

import dev.gatun.tensor.DType;
import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.Lattices;
import java.util.Arrays;

/**
 * The points of one type's lattice, and for each group of levels that is not one of them the points
 * around it. A point's coordinates are odd integers: {@code 2 * level + 1}. Immutable.
 */
final class Lattice {
  /** Distances between points are even squares summed; none of the lattices reaches this. */
  private static final int FAR = 4 * 4 * 7 * 7 + 1;

  private final DType dtype;
  private final int size;
  private final int bits;
  private final byte[] levels;

  /** By the key of a group: a point, or minus one less the start of its list. */
  private final int[] map;

  /** Lists of points, each after its length, by distance and then by number. */
  private final short[] near;

  private Lattice(DType dtype, int distances) {
    this.dtype = dtype;
    this.size = Lattices.groupSize(dtype);
    this.bits = size == 4 ? 3 : 2;
    this.levels = Lattices.levels(dtype);
    int most = bits == 3 ? 7 : 2;
    this.map = new int[keyOf(most) + 1];
    for (int p = 0; p < levels.length / size; p++) {
      map[key(levels, p * size)] = p + 1;
    }
    this.near = neighbours(most, distances);
  }

  /** The lattice of a type, made on first use. */
  static Lattice of(DType dtype) {
    return switch (dtype) {
      case IQ2_XXS -> Iq2Xxs.LATTICE;
      case IQ2_XS -> Iq2Xs.LATTICE;
      case IQ2_S -> Iq2S.LATTICE;
      case IQ3_XXS -> Iq3Xxs.LATTICE;
      case IQ3_S -> Iq3S.LATTICE;
      case IQ1_S, IQ1_M -> Iq1.LATTICE;
      default -> throw new IllegalArgumentException(dtype + " has no lattice");
    };
  }

  private static final class Iq2Xxs {
    static final Lattice LATTICE = new Lattice(DType.IQ2_XXS, 2);
  }

  private static final class Iq2Xs {
    static final Lattice LATTICE = new Lattice(DType.IQ2_XS, 2);
  }

  private static final class Iq2S {
    static final Lattice LATTICE = new Lattice(DType.IQ2_S, 1);
  }

  private static final class Iq3Xxs {
    static final Lattice LATTICE = new Lattice(DType.IQ3_XXS, 2);
  }

  private static final class Iq3S {
    static final Lattice LATTICE = new Lattice(DType.IQ3_S, 3);
  }

  private static final class Iq1 {
    static final Lattice LATTICE = new Lattice(DType.IQ1_S, 3);
  }

  /** The point with these levels, or a negative number to give to {@link #nearest}. */
  int point(byte[] group, int at) {
    return map[key(group, at)];
  }

  /** The level of one coordinate of a point. */
  int level(int point, int coordinate) {
    return levels[point * size + coordinate];
  }

  /** Copies a point's levels. */
  void copy(int point, byte[] group, int at) {
    System.arraycopy(levels, point * size, group, at, size);
  }

  /**
   * The point around a group with the least weighted squared distance to {@code x / scale}; its
   * levels replace the group's.
   *
   * @param miss what {@link #point} answered
   * @throws GatunException when no distance is a number
   */
  int nearest(int miss, float[] x, int from, float[] weights, float scale, byte[] group, int at) {
    int list = -1 - miss;
    int best = -1;
    float least = Float.MAX_VALUE;
    for (int j = list + 1; j <= list + near[list]; j++) {
      int point = near[j];
      float distance = 0;
      for (int i = 0; i < size; i++) {
        float difference = scale * (2 * levels[point * size + i] + 1) - x[from + i];
        distance += weights[from + i] * difference * difference;
      }
      if (distance < least) {
        least = distance;
        best = point;
      }
    }
    return found(best, group, at);
  }

  /** As the other, with the coordinates of the three levels given, and weights not squared. */
  int nearest(
      int miss,
      float[] x,
      int from,
      float[] weights,
      int w,
      float scale,
      float[] coordinates,
      byte[] group,
      int at) {
    int list = -1 - miss;
    int best = -1;
    float least = Float.MAX_VALUE;
    for (int j = list + 1; j <= list + near[list]; j++) {
      int point = near[j];
      float distance = 0;
      for (int i = 0; i < size; i++) {
        float difference = scale * coordinates[levels[point * size + i]] - x[from + i];
        distance += weights[w + i] * difference * difference;
      }
      if (distance < least) {
        least = distance;
        best = point;
      }
    }
    return found(best, group, at);
  }

  private int found(int best, byte[] group, int at) {
    if (best < 0) {
      throw overflow(dtype);
    }
    copy(best, group, at);
    return best;
  }

  static GatunException overflow(DType dtype) {
    return new GatunException(
        GatunException.Kind.MODEL,
        "the weights are so large that their squares overflow, and "
            + dtype
            + " is fitted by squares; choose a type of four bits or more");
  }

  private int key(byte[] group, int at) {
    int key = 0;
    for (int i = 0; i < size; i++) {
      key |= group[at + i] << (bits * i);
    }
    return key;
  }

  private int keyOf(int level) {
    byte[] group = new byte[size];
    Arrays.fill(group, (byte) level);
    return key(group, 0);
  }

  /**
   * Fills the map's gaps and returns the lists: all points of the {@code distances} nearest kinds.
   */
  private short[] neighbours(int most, int distances) {
    short[] lists = new short[1 << 16];
    int end = 0;
    int points = levels.length / size;
    int[] distance = new int[points];
    byte[] group = new byte[size];
    do {
      int key = key(group, 0);
      if (map[key] > 0) {
        map[key]--;
        continue;
      }
      int limit = measure(group, distance, distances);
      map[key] = -1 - end;
      int start = end++;
      if (lists.length < start + 1 + points) {
        lists = Arrays.copyOf(lists, 2 * lists.length);
      }
      for (int d = 0; d <= limit; d++) {
        for (int p = 0; p < points; p++) {
          if (distance[p] == d) {
            lists[end++] = (short) p;
          }
        }
      }
      lists[start] = (short) (end - start - 1);
    } while (next(group, most));
    return Arrays.copyOf(lists, end);
  }

  /**
   * Squared distances of all points, in levels; returns the n-th smallest of the different ones.
   */
  private int measure(byte[] group, int[] distance, int n) {
    boolean[] seen = new boolean[FAR];
    for (int p = 0; p < distance.length; p++) {
      int sum = 0;
      for (int i = 0; i < size; i++) {
        int difference = levels[p * size + i] - group[i];
        sum += difference * difference;
      }
      distance[p] = sum;
      seen[sum] = true;
    }
    int limit = -1;
    for (int d = 0; n > 0 && d < FAR; d++) {
      if (seen[d]) {
        limit = d;
        n--;
      }
    }
    return limit;
  }

  private static boolean next(byte[] group, int most) {
    for (int i = 0; i < group.length; i++) {
      if (group[i]++ < most) {
        return true;
      }
      group[i] = 0;
    }
    return false;
  }
}
