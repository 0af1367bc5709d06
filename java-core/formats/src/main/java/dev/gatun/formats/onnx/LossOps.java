package dev.gatun.formats.onnx;

import dev.gatun.graph.Value;
import dev.gatun.graph.op.Det;
import dev.gatun.graph.op.Einsum;
import dev.gatun.graph.op.NegativeLogLikelihoodLoss;
import dev.gatun.graph.op.NegativeLogLikelihoodLoss.Reducing;
import dev.gatun.graph.op.TfIdfVectorizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Losses, and sums of products that are neither elementwise nor matrices. */
final class LossOps {
  private LossOps() {}

  static void register(OpImporters ops) {
    ops.add("NegativeLogLikelihoodLoss", LossOps::likelihood);
    ops.add("SoftmaxCrossEntropyLoss", LossOps::crossEntropy);
    ops.add("Einsum", LossOps::einsum);
    ops.add("Det", node -> node.result(new Det(), node.value(0)));
    ops.add("TfIdfVectorizer", LossOps::tfIdf);
  }

  private static NegativeLogLikelihoodLoss loss(NodeScope node) {
    Reducing reduction =
        switch (node.text("reduction", "mean")) {
          case "none" -> Reducing.NONE;
          case "sum" -> Reducing.SUM;
          case "mean" -> Reducing.MEAN;
          default -> throw node.bad("has the reduction '" + node.text("reduction", "") + "'");
        };
    Optional<OnnxAttribute> ignore = node.node().attribute("ignore_index");
    return new NegativeLogLikelihoodLoss(
        reduction,
        ignore.isPresent()
            ? OptionalLong.of(node.integer("ignore_index", 0))
            : OptionalLong.empty());
  }

  private static List<Imported> likelihood(NodeScope node) {
    return node.result(loss(node), node.value(0), node.value(1), node.optional(2));
  }

  private static List<Imported> crossEntropy(NodeScope node) {
    Value log;
    List<Imported> results = new ArrayList<>();
    var parts = new Composition(node);
    Imported second = null;
    if (node.wants(1)) {
      second = parts.logSoftmax(node.value(0), 1, 1);
      log = ((Imported.Computed) second).value();
    } else {
      log = parts.logSoftmax(node.value(0), 1);
    }
    results.add(node.output(0, loss(node), log, node.value(1), node.optional(2)));
    if (second != null) {
      results.add(second);
    }
    return results;
  }

  private static List<Imported> einsum(NodeScope node) {
    Value[] inputs = new Value[node.inputs()];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = node.value(i);
    }
    return node.result(new Einsum(node.text("equation", "")), inputs);
  }

  private static List<Imported> tfIdf(NodeScope node) {
    List<Long> pool =
        node.integers("pool_int64s").orElseThrow(() -> node.unsupported("it counts texts"));
    TfIdfVectorizer.Mode mode =
        switch (node.text("mode", "")) {
          case "TF" -> TfIdfVectorizer.Mode.TF;
          case "IDF" -> TfIdfVectorizer.Mode.IDF;
          case "TFIDF" -> TfIdfVectorizer.Mode.TFIDF;
          default -> throw node.bad("has the mode '" + node.text("mode", "") + "'");
        };
    return node.result(
        new TfIdfVectorizer(
            mode,
            Math.toIntExact(node.integer("min_gram_length", 1)),
            Math.toIntExact(node.integer("max_gram_length", 1)),
            Math.toIntExact(node.integer("max_skip_count", 0)),
            node.integers("ngram_counts").orElse(List.of()),
            node.integers("ngram_indexes").orElse(List.of()),
            pool,
            node.reals("weights")),
        node.value(0));
  }
}
