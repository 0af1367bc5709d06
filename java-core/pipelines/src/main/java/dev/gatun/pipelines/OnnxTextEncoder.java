package dev.gatun.pipelines;

import dev.gatun.formats.ModelFormatException;
import dev.gatun.formats.onnx.OnnxFile;
import dev.gatun.formats.onnx.OnnxImport;
import dev.gatun.formats.tokenizer.TokenizerJson;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Value;
import dev.gatun.graph.pass.GraphOptimizer;
import dev.gatun.graph.pass.OutputSelection;
import dev.gatun.models.arch.Pooling;
import dev.gatun.models.tokenizer.Tokenizer;
import dev.gatun.models.tokenizer.Tokenizers;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.PlanRequest;
import dev.gatun.runtime.session.CompiledPlan;
import dev.gatun.runtime.session.RowOutput;
import dev.gatun.runtime.session.Session;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.SessionOptions;
import dev.gatun.runtime.spi.ShapeProfile;
import dev.gatun.runtime.spi.ShapeProfile.Range;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * An encoder in ONNX, as exporters write it: inputs {@code input_ids}, {@code attention_mask} and
 * perhaps {@code token_type_ids}, I64 [batch, tokens]; the first output that is F32 [batch, tokens,
 * width].
 */
final class OnnxTextEncoder implements TextEncoder {
  private static final String IDS = "input_ids";
  private static final String MASK = "attention_mask";
  private static final String SEGMENTS = "token_type_ids";
  private static final int MAX_TEXTS = 32;
  private static final int MAX_LENGTH = 512;

  private final OnnxFile file;
  private final Tokenizer tokenizer;
  private final CompiledPlan plan;
  private final Session session;
  private final Graph graph;
  private final int width;
  private final int longest;
  private final int texts;
  private final Batch batch = new Batch(0);

  private OnnxTextEncoder(
      OnnxFile file,
      Tokenizer tokenizer,
      CompiledPlan plan,
      Session session,
      int longest,
      int texts) {
    this.file = file;
    this.tokenizer = tokenizer;
    this.plan = plan;
    this.session = session;
    this.longest = longest;
    this.texts = texts;
    graph = plan.plan().request().graph();
    width = session.output().columns();
  }

  static OnnxTextEncoder load(
      GatunRuntime runtime, Path model, Path tokenizerFile, EmbeddingOptions options) {
    TokenizerJson json = TokenizerJson.read(tokenizerFile);
    Tokenizer tokenizer = Tokenizers.from(json.metadata());
    OnnxFile file = OnnxFile.open(model);
    try {
      Graph graph = graph(file);
      List<Dim> dims = graph.input(IDS).type().dims();
      int wanted = options.longest() > 0 ? options.longest() : json.longest().orElse(MAX_LENGTH);
      int longest = (int) Math.min(Math.min(wanted, options.batch()), dims.get(1).max());
      int texts =
          (int) Math.min(Math.clamp(options.batch() / longest, 1, MAX_TEXTS), dims.get(0).max());
      var session = new SessionOptions(1, 1, 1, 1);
      var profile =
          new ShapeProfile(
              "embed",
              Map.of(
                  symbol(file, dims.get(0)),
                  new Range(1, 1, texts),
                  symbol(file, dims.get(1)),
                  new Range(1, Math.min(longest, 128), longest)));
      PlanRequest request =
          PlanRequest.of(graph, session)
              .withProfiles(List.of(profile))
              .withPolicy(options.policy());
      CompiledPlan plan = runtime.compile(runtime.plan(request), CompileOptions.DEFAULT);
      try {
        return new OnnxTextEncoder(file, tokenizer, plan, plan.newSession(session), longest, texts);
      } catch (RuntimeException e) {
        plan.close();
        throw e;
      }
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private static Graph graph(OnnxFile file) {
    Graph graph = OnnxImport.graph(file);
    for (Value input : graph.inputs()) {
      boolean known = List.of(IDS, MASK, SEGMENTS).contains(input.name());
      if (!known || input.type().dtype() != DType.I64 || input.type().rank() != 2) {
        throw bad(file, "has an input %s, which no text encoder has".formatted(input));
      }
    }
    for (Value output : graph.outputs()) {
      if (output.type().rank() == 3
          && output.type().dtype() == DType.F32
          && output.type().dim(2) instanceof Dim.Fixed
          && output.type().dims().subList(0, 2).equals(graph.input(IDS).type().dims())) {
        return GraphOptimizer.apply(OutputSelection.apply(graph, List.of(output.name())));
      }
    }
    throw bad(file, "has no output [batch, tokens, width]: it is no text encoder");
  }

  private static String symbol(OnnxFile file, Dim dim) {
    if (dim instanceof Dim.Symbol symbol) {
      return symbol.name();
    }
    throw bad(file, "takes batches of fixed size " + dim + "; export it with dynamic axes");
  }

  private static ModelFormatException bad(OnnxFile file, String what) {
    return new ModelFormatException(file.path().toString(), -1, what);
  }

  @Override
  public Tokenizer tokenizer() {
    return tokenizer;
  }

  @Override
  public int width() {
    return width;
  }

  @Override
  public int longest() {
    return longest;
  }

  @Override
  public Pooling pooling() {
    return Pooling.MEAN;
  }

  @Override
  public int texts() {
    return texts;
  }

  @Override
  public boolean isPadded() {
    return true;
  }

  @Override
  public CompiledPlan plan() {
    return plan;
  }

  @Override
  public void run(List<int[]> tokens, VectorSink sink) {
    int length = tokens.stream().mapToInt(text -> text.length).max().orElse(0);
    long[] ids = new long[tokens.size() * length];
    long[] mask = new long[ids.length];
    for (int text = 0; text < tokens.size(); text++) {
      int[] own = tokens.get(text);
      for (int i = 0; i < own.length; i++) {
        ids[text * length + i] = own[i];
        mask[text * length + i] = 1;
      }
    }
    Shape shape = Shape.of(tokens.size(), length);
    batch.clear();
    for (Value input : graph.inputs()) {
      batch.set(
          input.name(),
          switch (input.name()) {
            case IDS -> Tensor.ofLongs(shape, ids);
            case MASK -> Tensor.ofLongs(shape, mask);
            default -> Tensor.ofLongs(shape, new long[ids.length]);
          });
    }
    session.run(batch);
    RowOutput hidden = session.output();
    float[] row = new float[width];
    for (int text = 0; text < tokens.size(); text++) {
      for (int i = 0; i < tokens.get(text).length; i++) {
        hidden.copyRow(text * length + i, row);
        sink.accept(text, i, row);
      }
    }
  }

  @Override
  public void close() {
    session.close();
    plan.close();
    file.close();
  }
}
