package dev.gatun.quantize.optimize;

import dev.gatun.formats.ModelFiles;
import dev.gatun.graph.ModelSource;
import dev.gatun.quantize.validate.WeightErrors;
import dev.gatun.runtime.files.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * How far the weights of an artifact are from the original's, where they are furthest: looked at
 * after every pass, before anything is run, so that a pass that broke a tensor is told from one
 * that cost accuracy.
 *
 * @param tensor the one that was hurt most; empty when all are the same
 * @param signal in dB: energy of the original's weights over that of the differences; infinite when
 *     they are the same, not a number when the artifact has such
 */
public record Discrepancy(String tensor, double signal) {
  private static final String NONE = "";

  /**
   * Compares all tensors.
   *
   * @throws IOException when the artifact cannot be read
   */
  static Discrepancy of(ModelSource original, Path artifact) throws IOException {
    Discrepancy worst = new Discrepancy(NONE, Double.POSITIVE_INFINITY);
    try (ModelSource candidate = ModelFiles.open(artifact)) {
      WeightErrors errors = WeightErrors.of(original, candidate);
      List<List<String>> lost = List.of(errors.missing(), errors.reshaped());
      for (List<String> names : lost) {
        if (!names.isEmpty()) {
          return new Discrepancy(names.getFirst(), Double.NaN);
        }
      }
      for (WeightErrors.Line line : errors.tensors()) {
        if (line.agreement().notFinite() > 0) {
          return new Discrepancy(line.tensor(), Double.NaN);
        }
        if (!line.agreement().exact() && line.agreement().snr() < worst.signal()) {
          worst = new Discrepancy(line.tensor(), line.agreement().snr());
        }
      }
    }
    return worst;
  }

  /** Whether it is no worse than a limit. */
  boolean within(double leastSignal) {
    return signal >= leastSignal;
  }

  /** Keeps it as text: signal, tensor. */
  void write(Path file) throws IOException {
    AtomicFile.write(file, (signal + "\n" + tensor).getBytes(StandardCharsets.UTF_8));
  }

  /** What {@link #write} kept. */
  static Discrepancy read(Path file) throws IOException {
    String[] lines = Files.readString(file).split("\n", 2);
    return new Discrepancy(lines[1], Double.parseDouble(lines[0]));
  }
}
