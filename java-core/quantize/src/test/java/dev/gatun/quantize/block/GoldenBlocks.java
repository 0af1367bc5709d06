package dev.gatun.quantize.block;

import dev.gatun.tensor.DType;
import dev.gatun.tensor.GatunException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** A file of digests that {@code make_goldens.py} made, and its comparison with our blocks. */
final class GoldenBlocks {
  private static final String REFUSED = "abort";

  private final List<Line> lines = new ArrayList<>();
  private final int rows;
  private final int columns;

  /** Blocks of one type from some rows: identical, different, or refused on both sides. */
  record Outcome(Line line, boolean same, boolean refused) {}

  record Line(DType dtype, Rows.Importance importance, String rows, String digest) {}

  /** A file beside the script, or any other by its path. */
  GoldenBlocks(String name) throws IOException {
    try (InputStream in =
        name.contains("/")
            ? Files.newInputStream(Path.of(name))
            : GoldenBlocks.class.getResourceAsStream(name)) {
      List<String> text = new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
      String[] size = text.getFirst().split("\t", -1);
      rows = Integer.parseInt(size[1]);
      columns = Integer.parseInt(size[3]);
      for (String line : text.subList(1, text.size())) {
        String[] f = line.split("\t", -1);
        lines.add(
            new Line(
                DType.valueOf(f[0]),
                Rows.Importance.valueOf(f[1].toUpperCase(Locale.ROOT)),
                f[2],
                f[3]));
      }
    }
  }

  int rows() {
    return rows;
  }

  int columns() {
    return columns;
  }

  /** Quantizes all rows of the file with the encoders in Java. */
  List<Outcome> compare(Function<String, float[]> source) {
    Map<Rows.Importance, float[]> importances = new EnumMap<>(Rows.Importance.class);
    List<Outcome> outcomes = new ArrayList<>();
    for (Line line : lines) {
      float[] importance =
          importances.computeIfAbsent(line.importance(), kind -> Rows.importance(kind, columns));
      String digest = digest(line.dtype(), source.apply(line.rows()), importance);
      outcomes.add(new Outcome(line, digest.equals(line.digest()), line.digest().equals(REFUSED)));
    }
    return outcomes;
  }

  private String digest(DType dtype, float[] values, float[] importance) {
    byte[] blocks = new byte[(int) dtype.byteSize((long) rows * columns)];
    try {
      BlockQuantizer.scalar(dtype).quantize(values, 0, rows, columns, importance, blocks, 0);
    } catch (GatunException e) {
      return REFUSED;
    }
    try {
      byte[] sum = MessageDigest.getInstance("SHA-256").digest(blocks);
      return HexFormat.of().formatHex(sum).substring(0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
