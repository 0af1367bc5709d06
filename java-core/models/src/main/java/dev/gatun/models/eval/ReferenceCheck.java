package dev.gatun.models.eval;

import java.util.Arrays;

/**
 * Feeds the sequences of {@link ReferenceOutputs} to a model in different ways and compares what it
 * gives. All ways must agree with the reference alike: they differ in what a model keeps between
 * batches, in how batches mix sequences, and in which rows are wanted.
 *
 * @param pass the model
 * @param reference what it should give
 * @param margin see {@link Agreement#of}
 */
public record ReferenceCheck(ForwardPass pass, ReferenceOutputs reference, double margin) {
  /** Each sequence as one batch. */
  public Agreement whole() {
    Agreement sum = Agreement.NONE;
    for (int s = 0; s < sequences(); s++) {
      sum = sum.plus(whole(s));
    }
    return sum;
  }

  /** One sequence as one batch. */
  public Agreement whole(int sequence) {
    return chunks(sequence, reference.sequences().get(sequence).length);
  }

  /** One sequence in batches of at most {@code size} tokens; 1 for token by token. */
  public Agreement chunks(int sequence, int size) {
    int length = reference.sequences().get(sequence).length;
    Agreement sum = Agreement.NONE;
    for (int start = 0; start < length; start += size) {
      sum = sum.plus(range(sequence, start, Math.min(length, start + size)));
    }
    pass.forget(sequence);
    return sum;
  }

  /** All sequences in one batch, one token of each in turn. */
  public Agreement together() {
    int longest = reference.sequences().stream().mapToInt(s -> s.length).max().orElse(0);
    int total = reference.sequences().stream().mapToInt(s -> s.length).sum();
    int[] tokens = new int[total];
    int[] positions = new int[total];
    int[] ids = new int[total];
    int size = 0;
    for (int position = 0; position < longest; position++) {
      for (int s = 0; s < sequences(); s++) {
        int[] sequence = reference.sequences().get(s);
        if (position < sequence.length) {
          tokens[size] = sequence[position];
          positions[size] = position;
          ids[size++] = s;
        }
      }
    }
    float[][] actual = pass.run(tokens, positions, ids, range(0, total));
    Agreement sum = Agreement.NONE;
    for (int i = 0; i < total; i++) {
      sum = sum.plus(compare(actual[i], ids[i], positions[i]));
    }
    forgetAll();
    return sum;
  }

  /**
   * One sequence in two batches, of which the first wants no rows and the second only its first and
   * its last: what a prefill in parts does.
   */
  public Agreement fewRows(int sequence) {
    int[] all = reference.sequences().get(sequence);
    int half = all.length / 2;
    float[][] none =
        pass.run(Arrays.copyOf(all, half), range(0, half), ids(sequence, half), new int[0]);
    if (none.length != 0) {
      throw new IllegalStateException("no rows were wanted, " + none.length + " came");
    }
    int rest = all.length - half;
    int[] wanted = {0, rest - 1};
    float[][] actual =
        pass.run(
            Arrays.copyOfRange(all, half, all.length),
            range(half, all.length),
            ids(sequence, rest),
            wanted);
    pass.forget(sequence);
    return compare(actual[0], sequence, half).plus(compare(actual[1], sequence, all.length - 1));
  }

  /** Each sequence as one batch, the outputs averaged, for results that are pooled by the mean. */
  public Agreement pooledByMean() {
    Agreement sum = Agreement.NONE;
    for (int s = 0; s < sequences(); s++) {
      int[] tokens = reference.sequences().get(s);
      int length = tokens.length;
      float[][] actual = pass.run(tokens, range(0, length), ids(s, length), range(0, length));
      pass.forget(s);
      sum = sum.plus(compare(mean(actual), s, 0));
    }
    return sum;
  }

  private Agreement range(int sequence, int start, int end) {
    int[] tokens = Arrays.copyOfRange(reference.sequences().get(sequence), start, end);
    int length = end - start;
    float[][] actual = pass.run(tokens, range(start, end), ids(sequence, length), range(0, length));
    Agreement sum = Agreement.NONE;
    for (int i = 0; i < length; i++) {
      sum = sum.plus(compare(actual[i], sequence, start + i));
    }
    return sum;
  }

  private Agreement compare(float[] actual, int sequence, int position) {
    return Agreement.of(actual, reference.outputs().get(sequence)[position], margin);
  }

  private int sequences() {
    return reference.sequences().size();
  }

  private void forgetAll() {
    for (int s = 0; s < sequences(); s++) {
      pass.forget(s);
    }
  }

  private static float[] mean(float[][] vectors) {
    double[] sum = new double[vectors[0].length];
    for (float[] vector : vectors) {
      for (int i = 0; i < sum.length; i++) {
        sum[i] += vector[i];
      }
    }
    float[] mean = new float[sum.length];
    for (int i = 0; i < sum.length; i++) {
      mean[i] = (float) (sum[i] / vectors.length);
    }
    return mean;
  }

  /** The numbers from {@code start} to before {@code end}. */
  static int[] range(int start, int end) {
    int[] numbers = new int[end - start];
    Arrays.setAll(numbers, i -> start + i);
    return numbers;
  }

  private static int[] ids(int sequence, int count) {
    int[] ids = new int[count];
    Arrays.fill(ids, sequence);
    return ids;
  }
}
