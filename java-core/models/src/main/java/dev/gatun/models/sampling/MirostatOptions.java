package dev.gatun.models.sampling;

import dev.gatun.tensor.GatunException;

/**
 * Mirostat 2.0: keeps the surprise of the text near a target by moving the bound above which tokens
 * are too surprising. Immutable; start from {@link #DISABLED}. Names and defaults are llama.cpp's.
 *
 * <p>Source: S. Basu et al., "Mirostat: a neural text decoding algorithm that directly controls
 * perplexity", ICLR 2021, and the authors' second version.
 *
 * @param version 0 for off, 2 for Mirostat 2.0
 * @param tau target surprise in bits
 * @param eta learning rate of the bound
 */
public record MirostatOptions(int version, float tau, float eta) {
  /** Off, with the target and the learning rate that llama.cpp starts from. */
  public static final MirostatOptions DISABLED = new MirostatOptions(0, 5f, 0.1f);

  /**
   * @throws GatunException of kind {@code USAGE} for a value out of its range
   */
  public MirostatOptions {
    Ranges.check("mirostat", version, version == 0 || version == 2, "0 (off) or 2");
    Ranges.check("mirostat tau", tau, tau >= 0, "at least 0");
    Ranges.check("mirostat eta", eta, eta >= 0, "at least 0");
  }

  /** Whether it is on. */
  public boolean enabled() {
    return version != 0;
  }

  public MirostatOptions withVersion(int value) {
    return new MirostatOptions(value, tau, eta);
  }

  public MirostatOptions withTau(float value) {
    return new MirostatOptions(version, value, eta);
  }

  public MirostatOptions withEta(float value) {
    return new MirostatOptions(version, tau, value);
  }
}
