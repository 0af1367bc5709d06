package dev.gatun.models.sampling;

/**
 * The generator xoshiro256++ 1.0, its state filled from a seed by SplitMix64, as its authors
 * advise: the same numbers on every platform and in every release.
 *
 * <p>Sources: D. Blackman, S. Vigna, "Scrambled linear pseudorandom number generators", 2021; G. L.
 * Steele et al., "Fast splittable pseudorandom number generators", 2014.
 */
final class Xoshiro256 {
  private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

  private long s0;
  private long s1;
  private long s2;
  private long s3;

  Xoshiro256(long seed) {
    long weyl = seed;
    s0 = mix(weyl += GOLDEN_GAMMA);
    s1 = mix(weyl += GOLDEN_GAMMA);
    s2 = mix(weyl += GOLDEN_GAMMA);
    s3 = mix(weyl + GOLDEN_GAMMA);
  }

  /** For tests against other implementations. */
  Xoshiro256(long s0, long s1, long s2, long s3) {
    this.s0 = s0;
    this.s1 = s1;
    this.s2 = s2;
    this.s3 = s3;
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  long nextLong() {
    long result = Long.rotateLeft(s0 + s3, 23) + s0;
    long t = s1 << 17;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= t;
    s3 = Long.rotateLeft(s3, 45);
    return result;
  }

  /** Uniform in [0, 1), in steps of 2^-53. */
  double nextDouble() {
    return (nextLong() >>> 11) * 0x1p-53;
  }
}
