package dev.gatun.graph.op;

import dev.gatun.graph.Dim;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Counts n-grams of whole numbers, those that a pool lists. Input: I32 or I64 [n] or [batch, n].
 *
 * @param mode count, whether present, or either weighted
 * @param counts where in the pool the n-grams of each length begin, from 1 on
 * @param indexes column of the output of each n-gram
 * @param pool the numbers of all n-grams
 * @param weights one per n-gram; empty for 1
 */
public record TfIdfVectorizer(
    Mode mode,
    int minLength,
    int maxLength,
    int maxSkip,
    List<Long> counts,
    List<Long> indexes,
    List<Long> pool,
    List<Double> weights)
    implements OnnxOp {
  /** What a column tells. */
  public enum Mode {
    TF,
    IDF,
    TFIDF
  }

  public TfIdfVectorizer {
    counts = List.copyOf(counts);
    indexes = List.copyOf(indexes);
    pool = List.copyOf(pool);
    weights = List.copyOf(weights);
  }

  @Override
  public String type() {
    return "TfIdfVectorizer";
  }

  @Override
  public Map<String, Object> attributes() {
    Map<String, Object> attributes = new TreeMap<>();
    attributes.put("mode", mode.name());
    attributes.put("min_gram_length", (long) minLength);
    attributes.put("max_gram_length", (long) maxLength);
    attributes.put("max_skip_count", (long) maxSkip);
    attributes.put("ngram_counts", counts);
    attributes.put("ngram_indexes", indexes);
    attributes.put("pool_int64s", pool);
    if (!weights.isEmpty()) {
      attributes.put("weights", weights);
    }
    return attributes;
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType x = Infer.integer(this, inputs, 0);
    Infer.check(this, x.rank() == 1 || x.rank() == 2, "input is %s", x);
    Infer.check(
        this,
        indexes.stream().allMatch(index -> index >= 0 && index < 1 << 24)
            && (weights.isEmpty() || weights.size() == indexes.size()),
        "columns %s",
        indexes);
    List<Dim> dims = new ArrayList<>(x.dims().subList(0, x.rank() - 1));
    dims.add(Dim.of(columns()));
    return List.of(new ValueType(DType.F32, dims));
  }

  private long columns() {
    return indexes.stream().mapToLong(index -> index + 1).max().orElse(0);
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Array x = call.input(0);
    int length = Math.toIntExact(x.shape().rowLength());
    int rows = length == 0 ? 0 : x.values().length / length;
    int columns = (int) columns();
    Map<List<Long>, Integer> grams = grams();
    double[] y = new double[rows * columns];
    for (int row = 0; row < rows; row++) {
      for (int n = minLength; n <= maxLength; n++) {
        // A single number skips nothing.
        for (int skip = 0; skip <= (n == 1 ? 0 : maxSkip); skip++) {
          int span = (n - 1) * (skip + 1) + 1;
          for (int from = 0; from + span <= length; from++) {
            List<Long> gram = new ArrayList<>();
            for (int i = 0; i < n; i++) {
              gram.add((long) x.values()[row * length + from + i * (skip + 1)]);
            }
            Integer found = grams.get(gram);
            if (found != null) {
              y[row * columns + indexes.get(found).intValue()]++;
            }
          }
        }
      }
      weigh(y, row * columns);
    }
    long[] dims = x.shape().toArray();
    dims[dims.length - 1] = columns;
    return List.of(new Array(DType.F32, Shape.of(dims), y));
  }

  private void weigh(double[] y, int at) {
    for (int i = 0; i < indexes.size(); i++) {
      int column = at + indexes.get(i).intValue();
      double weight = weights.isEmpty() ? 1 : weights.get(i);
      y[column] =
          switch (mode) {
            case TF -> y[column];
            case IDF -> y[column] > 0 ? weight : 0;
            case TFIDF -> y[column] * weight;
          };
    }
  }

  private Map<List<Long>, Integer> grams() {
    Map<List<Long>, Integer> grams = new HashMap<>();
    int number = 0;
    for (int n = 1; n <= counts.size(); n++) {
      int from = Math.toIntExact(counts.get(n - 1));
      int to = n == counts.size() ? pool.size() : Math.toIntExact(counts.get(n));
      for (int at = from; at >= 0 && at + n <= Math.min(to, pool.size()); at += n) {
        grams.put(pool.subList(at, at + n), number++);
      }
    }
    if (number > indexes.size()) {
      throw new GraphException("%d n-grams, %d columns".formatted(number, indexes.size()));
    }
    return grams;
  }
}
