package dev.gatun.quantize.convert;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.formats.ModelFormatException;
import dev.gatun.formats.gguf.GgufFile;
import dev.gatun.formats.safetensors.SafetensorsWriter;
import dev.gatun.formats.tokenizer.SentencePieceModel;
import dev.gatun.formats.tokenizer.SentencePieceModel.Piece;
import dev.gatun.graph.Metadata;
import dev.gatun.graph.ModelSource.TensorInfo;
import dev.gatun.models.tokenizer.Tokenizer;
import dev.gatun.models.tokenizer.Tokenizers;
import dev.gatun.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeSet;

/** Writes a GGUF model as a folder of Hugging Face's, tensor by tensor, decoded. */
final class GgufToHf {
  private static final long SHARD_BYTES = 5_000_000_000L;

  private final ConvertOptions options;
  private final ConvertListener listener;
  private final List<String> notes = new ArrayList<>();
  private final ObjectWriter json = new JsonMapper().writerWithDefaultPrettyPrinter();
  private long done;

  GgufToHf(ConvertOptions options, ConvertListener listener) {
    this.options = options;
    this.listener = listener;
  }

  /** Converts. */
  ConvertReport convert(Path source, Path target) throws IOException {
    try (GgufFile model = GgufFile.open(source);
        NewFolder folder = NewFolder.of(target)) {
      Family family = family(model);
      DType type = options.type() == FloatType.AUTO ? detected(model) : options.type().dtype();
      ObjectNode config = JsonNodeFactory.instance.objectNode();
      new HfConfigWriter(model, family, config).write(family, type);
      int checked = beside(model, family, folder);
      List<PlannedTensor> plan =
          new HfTensorPlanner(model, family, type, options.mlx().isPresent()).plan();
      Map<String, MlxFormat> formats =
          options.mlx().map(scheme -> scheme.formats(plan)).orElse(Map.of());
      options.mlx().ifPresent(scheme -> scheme.describe(formats, config));
      write(folder, "config.json", config);
      noteDecoded(model, type);
      tensors(model, folder, plan, formats);
      ConvertReport report =
          new ConvertReport(
              folder.commit(),
              family.architecture(),
              type.name(),
              plan.size(),
              folder.bytes(),
              "tokenizer.json",
              checked,
              notes);
      return report;
    }
  }

  /**
   * The family of a GGUF model.
   *
   * @throws ModelFormatException when it is not converted; the message lists those that are
   */
  Family family(GgufFile model) {
    String architecture =
        model
            .metadata()
            .string("general.architecture")
            .orElseThrow(() -> new ModelFormatException(model.name(), -1, "names no architecture"));
    return Families.named(architecture)
        .orElseThrow(() ->
            new ModelFormatException(
                model.name(),
                -1,
                "is of architecture '%s', which is not converted; converted are %s"
                    .formatted(architecture, String.join(", ", Families.names()))));
  }

  /**
   * Writes config.json.
   *
   * @param type of the weights, which it names
   */
  ObjectNode config(GgufFile model, Family family, DType type, NewFolder folder)
      throws IOException {
    ObjectNode config = JsonNodeFactory.instance.objectNode();
    new HfConfigWriter(model, family, config).write(family, type);
    write(folder, "config.json", config);
    return config;
  }

  /**
   * Writes what is neither weights nor configuration: tokenizer, chat template, card.
   *
   * @return tokens that were compared
   */
  int beside(GgufFile model, Family family, NewFolder folder) throws IOException {
    int checked = tokenizer(model, folder);
    pooling(model, family.architecture(), folder);
    card(model.metadata(), folder);
    return checked;
  }

  /** What the user should know. */
  List<String> notes() {
    return notes;
  }

  /** BF16 where the model has it, F32 where it has nothing else, else F16. */
  private static DType detected(GgufFile model) {
    DType found = DType.F32;
    for (String name : model.tensorNames()) {
      TensorInfo info = model.info(name).orElseThrow();
      if (info.shape().rank() < 2 || info.dtype() == DType.F32) {
        continue;
      }
      found = info.dtype() == DType.BF16 ? DType.BF16 : DType.F16;
      break;
    }
    return found;
  }

  private void noteDecoded(GgufFile model, DType type) {
    TreeSet<DType> blocked = new TreeSet<>();
    for (String name : model.tensorNames()) {
      DType own = model.info(name).orElseThrow().dtype();
      if (own.isBlocked()) {
        blocked.add(own);
      }
    }
    if (!blocked.isEmpty()) {
      note(
          "tensors of %s were decoded %s; what quantization lost does not come back"
              .formatted(
                  blocked,
                  type == DType.F32
                      ? "to F32, exactly"
                      : "and rounded to " + type + " (--type f32 is exact)"));
    }
  }

  private void tensors(
      GgufFile model, NewFolder folder, List<PlannedTensor> plan, Map<String, MlxFormat> formats)
      throws IOException {
    // Codes, scales and biases are computed one after the other.
    long total =
        plan.stream().mapToLong(PlannedTensor::bytes).sum() * (options.mlx().isPresent() ? 3 : 1);
    TensorStream stream =
        new TensorStream(
            new GgufNumbers(model),
            bytes -> {
              done += bytes;
              listener.progress(Math.min(done, total), total);
            });
    SafetensorsWriter writer =
        new SafetensorsWriter().metadata("format", options.mlx().isPresent() ? "mlx" : "pt");
    if (options.mlx().isPresent()) {
      plan.forEach(new MlxTensors(formats, stream, writer)::add);
    } else {
      for (PlannedTensor tensor : plan) {
        writer.tensor(
            new TensorInfo(tensor.name(), tensor.type(), tensor.shape()),
            sink -> stream.write(tensor, sink));
      }
    }
    long most = options.maxFileBytes() > 0 ? options.maxFileBytes() : SHARD_BYTES;
    writer.writeFolder(folder.path(), most);
  }

  /** Name, licence, languages and tags stand in the front matter of README.md. */
  private static void card(Metadata metadata, NewFolder folder) throws IOException {
    StringBuilder text = new StringBuilder("---\n");
    metadata.string("general.license").ifPresent(value -> line(text, "license", value));
    metadata.string("general.name").ifPresent(value -> line(text, "model_name", value));
    list(text, "language", metadata.strings("general.languages").orElse(List.of()));
    list(text, "tags", metadata.strings("general.tags").orElse(List.of()));
    String name = metadata.string("general.name").orElse("A model");
    text.append("---\n")
        .append(name.replaceAll("\\s+", " "))
        .append(", converted from GGUF by Gatun.\n");
    Files.writeString(folder.path().resolve("README.md"), text);
  }

  private static void line(StringBuilder text, String key, String value) {
    text.append(key).append(": ").append(quoted(value)).append('\n');
  }

  private static void list(StringBuilder text, String key, List<String> values) {
    if (!values.isEmpty()) {
      text.append(key).append(":\n");
      values.forEach(value -> text.append("- ").append(quoted(value)).append('\n'));
    }
  }

  /** A scalar of YAML that is a text whatever it looks like, such as the language no. */
  private static String quoted(String value) {
    return '"' + value.replaceAll("[\\p{Cntrl}\"\\\\]", " ") + '"';
  }

  /** How sentence-transformers makes one vector of an encoder's outputs. */
  private void pooling(GgufFile model, String architecture, NewFolder folder) throws IOException {
    long kind = model.metadata().integer(architecture + ".pooling_type").orElse(0L);
    if (kind < 1 || kind > 3) {
      return;
    }
    String prefix = "sentence_transformers.models.";
    ArrayNode modules = JsonNodeFactory.instance.arrayNode();
    modules
        .addObject()
        .put("idx", 0)
        .put("name", "0")
        .put("path", "")
        .put("type", prefix + "Transformer");
    modules
        .addObject()
        .put("idx", 1)
        .put("name", "1")
        .put("path", "1_Pooling")
        .put("type", prefix + "Pooling");
    write(folder, "modules.json", modules);
    Files.createDirectory(folder.path().resolve("1_Pooling"));
    ObjectNode pooling = JsonNodeFactory.instance.objectNode();
    pooling.put(
        "word_embedding_dimension",
        model.metadata().integer(architecture + ".embedding_length").orElse(0L));
    pooling.put("pooling_mode_mean_tokens", kind == 1).put("pooling_mode_cls_token", kind == 2);
    write(folder, "1_Pooling/config.json", pooling.put("pooling_mode_lasttoken", kind == 3));
  }

  private int tokenizer(GgufFile model, NewFolder folder) throws IOException {
    Metadata metadata = model.metadata();
    Tokenizer tokenizer = Tokenizers.from(metadata);
    ObjectNode file = new TokenizerJsonWriter(model.name(), metadata, tokenizer).write();
    write(folder, "tokenizer.json", file);
    boolean sentencePiece = metadata.string("tokenizer.ggml.model").orElse("").equals("llama");
    if (sentencePiece) {
      Files.write(folder.path().resolve("tokenizer.model"), pieces(metadata, tokenizer).toBytes());
    }
    write(folder, "tokenizer_config.json", settings(metadata, tokenizer));
    write(folder, "generation_config.json", generation(metadata, tokenizer));
    var template = metadata.string("tokenizer.chat_template");
    if (template.isPresent()) {
      Files.writeString(folder.path().resolve("chat_template.jinja"), template.get());
    }
    if (metadata.string("tokenizer.ggml.model").orElse("").equals("bert")) {
      return 0;
    }
    TokenizerFile written = TokenizerFile.of(folder.path().resolve("tokenizer.json"), file);
    TokenizerCheck.Result result = TokenizerCheck.compare(written, metadata);
    result.difference().ifPresent(text -> note("tokens of a probe text differ: " + text));
    return result.difference().isPresent() ? 0 : result.tokens();
  }

  private static SentencePieceModel pieces(Metadata metadata, Tokenizer tokenizer) {
    List<String> tokens = metadata.strings("tokenizer.ggml.tokens").orElseThrow();
    float[] scores = metadata.floats("tokenizer.ggml.scores").orElse(new float[tokens.size()]);
    long[] kinds = metadata.integers("tokenizer.ggml.token_type").orElseThrow();
    List<Piece> pieces = new ArrayList<>();
    for (int id = 0; id < tokens.size(); id++) {
      pieces.add(new Piece(tokens.get(id), scores[id], (int) kinds[id]));
    }
    return new SentencePieceModel(pieces, true, tokenizer.addsSpacePrefix());
  }

  private static ObjectNode settings(Metadata metadata, Tokenizer tokenizer) {
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    out.put("tokenizer_class", "PreTrainedTokenizerFast");
    out.put("clean_up_tokenization_spaces", false);
    metadata
        .integer(metadata.string("general.architecture").orElse("") + ".context_length")
        .ifPresent(length -> out.put("model_max_length", length));
    out.put("add_bos_token", tokenizer.addsBos()).put("add_eos_token", tokenizer.addsEos());
    if (metadata.string("tokenizer.ggml.model").orElse("").equals("llama")) {
      out.put("add_prefix_space", tokenizer.addsSpacePrefix());
    } else {
      metadata
          .bool("tokenizer.ggml.add_space_prefix")
          .ifPresent(prefix -> out.put("add_prefix_space", prefix));
    }
    var special = tokenizer.special();
    Map<String, OptionalInt> roles =
        Map.of(
            "bos_token", special.bos(),
            "eos_token", special.eos(),
            "unk_token", special.unk(),
            "pad_token", special.pad(),
            "sep_token", special.sep(),
            "cls_token", special.cls(),
            "mask_token", special.mask());
    for (String role : new TreeSet<>(roles.keySet())) {
      roles.get(role).ifPresent(id -> out.put(role, tokenizer.vocabulary().token(id)));
    }
    return out;
  }

  private static ObjectNode generation(Metadata metadata, Tokenizer tokenizer) {
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    tokenizer.special().bos().ifPresent(id -> out.put("bos_token_id", id));
    tokenizer.special().eos().ifPresent(id -> out.put("eos_token_id", id));
    tokenizer.special().pad().ifPresent(id -> out.put("pad_token_id", id));
    String prefix = "general.sampling.";
    metadata.integer(prefix + "top_k").ifPresent(value -> out.put("top_k", value));
    sampling(metadata, out, "top_p", "top_p");
    sampling(metadata, out, "min_p", "min_p");
    sampling(metadata, out, "temp", "temperature");
    sampling(metadata, out, "penalty_repeat", "repetition_penalty");
    return out;
  }

  private static void sampling(Metadata metadata, ObjectNode out, String key, String name) {
    metadata
        .floating("general.sampling." + key)
        .ifPresent(value -> out.put(name, HfConfigWriter.shortest(value.floatValue())));
  }

  /** Writes a file of JSON. */
  void write(NewFolder folder, String name, JsonNode content) throws IOException {
    Files.writeString(
        folder.path().resolve(name), json.writeValueAsString(content) + System.lineSeparator());
  }

  private void note(String text) {
    notes.add(text);
    listener.message(text);
  }
}
