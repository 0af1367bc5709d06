package dev.gatun.testkit.machine;

import dev.gatun.graph.Dim;
import dev.gatun.graph.FixedMetadata;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.Metadata;
import dev.gatun.graph.ModelSource;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Conv;
import dev.gatun.graph.op.Unary;
import dev.gatun.graph.op.Windows;
import dev.gatun.models.arch.Architectures;
import dev.gatun.models.arch.BuildOptions;
import dev.gatun.runtime.plan.PlanRequest;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.runtime.spi.SessionOptions;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Graphs of models in their real sizes and formats, without weights: every tensor is a view of one
 * sparse file of zeros, of which nothing but vectors is read.
 */
public final class SampleModels implements AutoCloseable {
  /** Above the largest tensor: the output matrix of the larger language model. */
  private static final long LARGEST = 1L << 29;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment zeros;

  /**
   * Opens the models.
   *
   * @param folder where the sparse file is made
   * @throws IOException when it cannot be
   */
  public SampleModels(Path folder) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            folder.resolve("zeros"),
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.SPARSE)) {
      zeros = channel.map(FileChannel.MapMode.READ_WRITE, 0, LARGEST, arena);
    }
  }

  /** A request as the pipelines make it: a conversation of 4096 tokens, or single texts. */
  public static PlanRequest request(Graph graph, String policy) {
    SessionOptions session =
        graph.states().isEmpty()
            ? new SessionOptions(1, 512, 512, 512)
            : new SessionOptions(1, 4096, 512, 1);
    return PlanRequest.of(graph, session).withPolicy(Policy.parse(policy));
  }

  /** All of them; names of graphs say which. */
  public List<Graph> all() {
    return List.of(llama1b(), llama8b(), encoder(), ocr());
  }

  /** The shapes of Llama 3.2 1B as its Q4_K_M file has them. */
  public Graph llama1b() {
    return llama("llama-1b-q4_k_m", 16, 2048, 8192, 32, 64, true);
  }

  /** The shapes of Llama 3.1 8B as its Q4_K_M file has them. */
  public Graph llama8b() {
    return llama("llama-8b-q4_k_m", 32, 4096, 14336, 32, 128, false);
  }

  /** The shapes of all-MiniLM-L6-v2 with weights in half precision. */
  public Graph encoder() {
    final int width = 384;
    final int hidden = 1536;
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("general.architecture", "bert");
    metadata.put("bert.block_count", 6L);
    metadata.put("bert.embedding_length", (long) width);
    metadata.put("bert.feed_forward_length", (long) hidden);
    metadata.put("bert.attention.head_count", 12L);
    metadata.put("bert.context_length", 512L);
    metadata.put("bert.attention.layer_norm_epsilon", 1e-12);
    metadata.put("bert.attention.causal", false);
    metadata.put("bert.vocab_size", 30522L);
    metadata.put("bert.pooling_type", 1L);
    Source source = new Source("minilm-f16", metadata);
    source.add("token_embd.weight", DType.F16, 30522, width);
    source.add("token_types.weight", DType.F32, 2, width);
    source.add("position_embd.weight", DType.F16, 512, width);
    source.norm("token_embd_norm", width);
    for (int layer = 0; layer < 6; layer++) {
      String block = "blk." + layer + ".";
      for (String name : new String[] {"attn_q", "attn_k", "attn_v", "attn_output"}) {
        source.linear(block + name, width, width);
      }
      source.linear(block + "ffn_up", hidden, width);
      source.linear(block + "ffn_down", width, hidden);
      source.norm(block + "attn_output_norm", width);
      source.norm(block + "layer_output_norm", width);
    }
    return Architectures.build(source, BuildOptions.defaults()).graph();
  }

  /** A recognizer of text lines in the manner of PP-OCR: convolutions, then letters per column. */
  public Graph ocr() {
    GraphBuilder graph = new GraphBuilder("ocr-f32");
    Dim width = Dim.symbol("columns", 8, 1024);
    Value x = graph.input("x", DType.F32, Dim.of(1), Dim.of(3), Dim.of(48), width);
    int channels = 3;
    for (int stage = 0; stage < 5; stage++) {
      int next = 32 << Math.min(stage, 3);
      Value weight = constant(graph, "conv" + stage + ".weight", DType.F32, next, channels, 3, 3);
      boolean last = stage == 4;
      long pad = last ? 0 : 1;
      Windows windows =
          new Windows(
              List.of(3L, 3L),
              List.of(last ? 3L : 2L, 1L),
              List.of(1L, 1L),
              List.of(pad, 1L),
              List.of(pad, 1L),
              Windows.Auto.NOTSET,
              false);
      x = graph.node("conv" + stage, new Conv(windows, 1), x, weight);
      x = graph.unary("act" + stage, Unary.Function.RELU, x);
      channels = next;
    }
    Value columns = graph.transpose("columns", x, 0, 2, 3, 1);
    Value head = constant(graph, "head.weight", DType.F32, 6625, channels);
    graph.output(graph.softmax("letters", graph.linear("head", columns, head), 3));
    return graph.build();
  }

  /** Q4_K_M is llama.cpp's mix: some layers have more bits in two of their matrices. */
  private Graph llama(
      String name, int layers, int width, int hidden, int heads, int headDim, boolean tied) {
    final int vocabulary = 128256;
    final int keys = 8 * headDim;
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("general.architecture", "llama");
    metadata.put("llama.block_count", (long) layers);
    metadata.put("llama.embedding_length", (long) width);
    metadata.put("llama.feed_forward_length", (long) hidden);
    metadata.put("llama.attention.head_count", (long) heads);
    metadata.put("llama.attention.head_count_kv", 8L);
    metadata.put("llama.attention.key_length", (long) headDim);
    metadata.put("llama.attention.value_length", (long) headDim);
    metadata.put("llama.rope.dimension_count", (long) headDim);
    metadata.put("llama.rope.freq_base", 500000.0);
    metadata.put("llama.context_length", 8192L);
    metadata.put("llama.attention.layer_norm_rms_epsilon", 1e-5);
    metadata.put("llama.vocab_size", (long) vocabulary);
    Source source = new Source(name, metadata);
    source.add("token_embd.weight", tied ? DType.Q6_K : DType.Q4_K, vocabulary, width);
    source.add("output_norm.weight", DType.F32, width);
    if (!tied) {
      source.add("output.weight", DType.Q6_K, vocabulary, width);
    }
    for (int layer = 0; layer < layers; layer++) {
      String block = "blk." + layer + ".";
      boolean more = layer < layers / 8 || layer >= 7 * layers / 8 || (layer - layers / 8) % 3 == 2;
      DType mixed = more ? DType.Q6_K : DType.Q4_K;
      source.add(block + "attn_norm.weight", DType.F32, width);
      source.add(block + "attn_q.weight", DType.Q4_K, width, width);
      source.add(block + "attn_k.weight", DType.Q4_K, keys, width);
      source.add(block + "attn_v.weight", mixed, keys, width);
      source.add(block + "attn_output.weight", DType.Q4_K, width, width);
      source.add(block + "ffn_norm.weight", DType.F32, width);
      source.add(block + "ffn_gate.weight", DType.Q4_K, hidden, width);
      source.add(block + "ffn_up.weight", DType.Q4_K, hidden, width);
      source.add(block + "ffn_down.weight", mixed, width, hidden);
    }
    return Architectures.build(source, BuildOptions.defaults()).graph();
  }

  private Value constant(GraphBuilder graph, String name, DType dtype, long... dims) {
    return graph.constant(name, tensor(dtype, Shape.of(dims)));
  }

  private Tensor tensor(DType dtype, Shape shape) {
    return new Tensor(dtype, shape, zeros.asSlice(0, dtype.byteSize(shape.elements())));
  }

  @Override
  public void close() {
    arena.close();
  }

  /** Tensors by name, all of zeros. */
  private final class Source implements ModelSource {
    private final String name;
    private final Metadata metadata;
    private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();

    Source(String name, Map<String, Object> metadata) {
      this.name = name;
      this.metadata = new FixedMetadata(metadata);
    }

    void add(String tensor, DType dtype, long... dims) {
      tensors.put(tensor, new TensorInfo(tensor, dtype, Shape.of(dims)));
    }

    void norm(String tensor, long width) {
      add(tensor + ".weight", DType.F32, width);
      add(tensor + ".bias", DType.F32, width);
    }

    void linear(String tensor, long out, long in) {
      add(tensor + ".weight", DType.F16, out, in);
      add(tensor + ".bias", DType.F32, out);
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public Metadata metadata() {
      return metadata;
    }

    @Override
    public Set<String> tensorNames() {
      return tensors.keySet();
    }

    @Override
    public Optional<TensorInfo> info(String tensor) {
      return Optional.ofNullable(tensors.get(tensor));
    }

    @Override
    public Optional<Tensor> tensor(String tensor) {
      return info(tensor).map(info -> SampleModels.this.tensor(info.dtype(), info.shape()));
    }

    @Override
    public void close() {
      // The file belongs to the models.
    }
  }
}
