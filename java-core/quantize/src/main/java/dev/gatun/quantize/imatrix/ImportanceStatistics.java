package dev.gatun.quantize.imatrix;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Statistics of an importance matrix, as {@code llama-imatrix --show-statistics} computes them.
 *
 * @param tensors by kind, those with the largest sum first
 * @param layers averages over each block's tensors, weighted by their elements
 */
public record ImportanceStatistics(List<TensorStatistics> tensors, List<Layer> layers) {
  private static final Pattern BLOCK = Pattern.compile("blk\\.(\\d{1,9})\\.");
  private static final float INACTIVE = 1e-5f;

  /** Averages over the tensors of one block. */
  public record Layer(int layer, double sum, double outliers, double similarity) {}

  public ImportanceStatistics {
    tensors = List.copyOf(tensors);
    layers = List.copyOf(layers);
  }

  /** Computes all; a tensor that saw no input at all has none. */
  public static ImportanceStatistics of(ImportanceMatrix matrix) {
    List<TensorStatistics> tensors = new ArrayList<>();
    for (Map.Entry<String, ImportanceEntry> entry : matrix.entries().entrySet()) {
      float[] means = means(entry.getValue());
      if (means.length > 0) {
        double similarity = similarity(matrix, entry.getKey());
        tensors.add(of(entry.getKey(), means, similarity));
      }
    }
    tensors.sort(
        Comparator.comparing(TensorStatistics::kind)
            .thenComparing(Comparator.comparingDouble(TensorStatistics::sum).reversed()));
    return new ImportanceStatistics(tensors, layers(tensors));
  }

  /** Mean squares of the parts that saw input. */
  private static float[] means(ImportanceEntry entry) {
    float[] all = entry.weights();
    int size = entry.partSize();
    int kept = 0;
    for (int part = 0; part < entry.parts(); part++) {
      if (entry.count(part) > 0) {
        System.arraycopy(all, part * size, all, kept, size);
        kept += size;
      }
    }
    return Arrays.copyOf(all, kept);
  }

  private static TensorStatistics of(String tensor, float[] means, double similarity) {
    int count = means.length;
    float sum = 0;
    float squares = 0;
    float min = means[0];
    float max = means[0];
    int inactive = 0;
    for (float mean : means) {
      sum += mean;
      squares += mean * mean;
      min = Math.min(min, mean);
      max = Math.max(max, mean);
      inactive += Math.abs(mean) <= INACTIVE ? 1 : 0;
    }
    float average = sum / count;
    float deviation = (float) Math.sqrt(Math.max(0, squares / count - average * average));
    float entropy = 0;
    int outliers = 0;
    for (float mean : means) {
      float share = mean / sum;
      if (sum > 0 && share > 0) {
        entropy -= share * (float) (Math.log(share) / Math.log(2));
      }
      outliers += deviation > 0 && (mean - average) / deviation > 1 ? 1 : 0;
    }
    double most = Math.log(count) / Math.log(2);
    return new TensorStatistics(
        tensor,
        layer(tensor),
        kind(tensor),
        count,
        sum,
        min,
        max,
        average,
        deviation,
        1 - (float) inactive / count,
        entropy,
        most > 0 ? entropy / most : 0,
        (float) outliers / count,
        similarity);
  }

  /** Cosine between the sums of a tensor and those of the same tensor one block earlier. */
  private static double similarity(ImportanceMatrix matrix, String tensor) {
    Matcher block = BLOCK.matcher(tensor);
    if (!block.find()) {
      return 0;
    }
    String before =
        tensor.substring(0, block.start(1))
            + (Integer.parseInt(block.group(1)) - 1)
            + tensor.substring(block.end(1));
    ImportanceEntry other = matrix.entries().get(before);
    ImportanceEntry own = matrix.entries().get(tensor);
    if (other == null || other.size() != own.size()) {
      return 0;
    }
    double dot = 0;
    double a = 0;
    double b = 0;
    for (int i = 0; i < own.size(); i++) {
      dot += (double) own.sum(i) * other.sum(i);
      a += (double) own.sum(i) * own.sum(i);
      b += (double) other.sum(i) * other.sum(i);
    }
    return a == 0 || b == 0 ? 0 : dot / Math.sqrt(a * b);
  }

  private static int layer(String tensor) {
    Matcher block = BLOCK.matcher(tensor);
    return block.find() ? Integer.parseInt(block.group(1)) : -1;
  }

  /** The part of a name before {@code .weight}, without what stands before that. */
  private static String kind(String tensor) {
    String[] parts = tensor.split("\\.", -1);
    for (int i = 1; i < parts.length; i++) {
      if (parts[i].equals("weight")) {
        return parts[i - 1];
      }
    }
    return tensor;
  }

  private static List<Layer> layers(List<TensorStatistics> tensors) {
    Map<Integer, List<TensorStatistics>> byLayer = new TreeMap<>();
    for (TensorStatistics tensor : tensors) {
      if (tensor.layer() >= 0) {
        byLayer.computeIfAbsent(tensor.layer(), layer -> new ArrayList<>()).add(tensor);
      }
    }
    List<Layer> layers = new ArrayList<>();
    byLayer.forEach((layer, all) -> {
      double elements = all.stream().mapToDouble(TensorStatistics::elements).sum();
      layers.add(
          new Layer(
              layer,
              all.stream().mapToDouble(t -> t.elements() * t.sum()).sum() / elements,
              all.stream().mapToDouble(t -> t.elements() * t.outliers()).sum() / elements,
              all.stream().mapToDouble(t -> t.elements() * t.similarity()).sum() / elements));
    });
    return layers;
  }
}
