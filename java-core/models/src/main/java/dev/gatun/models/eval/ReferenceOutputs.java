package dev.gatun.models.eval;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What another program computed for a model: output vectors for sequences of tokens.
 *
 * @param name name of the case
 * @param result which of the model's results: {@code logits}; {@code f32w}, the same with weights
 *     and activations in F32; {@code long}, the same in a longer context; {@code pooled}, one
 *     vector per sequence
 * @param model the model's file
 * @param contextLength positions that the graph was built for
 * @param sequences token ids
 * @param outputs per sequence one vector per position, or one in all when pooled
 */
public record ReferenceOutputs(
    String name,
    String result,
    Path model,
    int contextLength,
    List<int[]> sequences,
    List<float[][]> outputs) {
  private static final int COLUMNS = 7;

  public ReferenceOutputs {
    sequences = List.copyOf(sequences);
    outputs = List.copyOf(outputs);
  }

  public boolean pooled() {
    return result.equals("pooled");
  }

  /**
   * Reads all cases of a folder: {@code cases.tsv} with a header line and the columns name, result,
   * model, outputs (a file of little-endian floats), context, width, sequences (ids joined by
   * commas, sequences by semicolons).
   *
   * @throws IOException when a file is missing or not of this form
   */
  public static List<ReferenceOutputs> read(Path folder) throws IOException {
    Path table = folder.resolve("cases.tsv");
    List<String> lines = Files.readAllLines(table);
    List<ReferenceOutputs> cases = new ArrayList<>();
    for (String line : lines.subList(Math.min(1, lines.size()), lines.size())) {
      String[] columns = line.split("\t", -1);
      if (columns.length != COLUMNS) {
        throw new IOException(table + " has a line of " + columns.length + " columns");
      }
      cases.add(of(folder, columns));
    }
    return cases;
  }

  private static ReferenceOutputs of(Path folder, String[] columns) throws IOException {
    List<int[]> sequences = new ArrayList<>();
    for (String sequence : columns[6].split(";", -1)) {
      sequences.add(Arrays.stream(sequence.split(",")).mapToInt(Integer::parseInt).toArray());
    }
    boolean pooled = columns[1].equals("pooled");
    int width = Integer.parseInt(columns[5]);
    Path file = folder.resolve(columns[3]);
    ByteBuffer data = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    List<float[][]> outputs = new ArrayList<>();
    for (int[] sequence : sequences) {
      float[][] vectors = new float[pooled ? 1 : sequence.length][width];
      for (float[] vector : vectors) {
        if (data.remaining() < Float.BYTES * width) {
          throw new IOException(file + " is too short");
        }
        data.asFloatBuffer().get(vector);
        data.position(data.position() + Float.BYTES * width);
      }
      outputs.add(vectors);
    }
    if (data.hasRemaining()) {
      throw new IOException(file + " is too long");
    }
    return new ReferenceOutputs(
        columns[0],
        columns[1],
        folder.resolve(columns[2]),
        Integer.parseInt(columns[4]),
        sequences,
        outputs);
  }
}
