package dev.gatun.quantize.convert;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.formats.ModelFormatException;
import dev.gatun.graph.Metadata;
import dev.gatun.models.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** Writes tokenizer.json from a GGUF model's metadata. */
final class TokenizerJsonWriter {
  private static final String SPACE = "\u2581";

  private final String file;
  private final Metadata metadata;
  private final Tokenizer tokenizer;
  private final List<String> tokens;
  private final long[] kinds;
  private final ObjectNode root = JsonNodeFactory.instance.objectNode();

  /**
   * @param file what messages call the model
   * @param tokenizer made of the metadata
   */
  TokenizerJsonWriter(String file, Metadata metadata, Tokenizer tokenizer) {
    this.file = file;
    this.metadata = metadata;
    this.tokenizer = tokenizer;
    this.tokens = metadata.strings("tokenizer.ggml.tokens").orElseThrow();
    this.kinds =
        metadata
            .integers("tokenizer.ggml.token_type")
            .orElseGet(() -> tokens.stream().mapToLong(token -> TokenKinds.NORMAL).toArray());
  }

  /**
   * The content of the file.
   *
   * @throws ModelFormatException when the model's kind of tokenizer has no such file, or its
   *     pre-tokenizer no known definition
   */
  ObjectNode write() {
    root.put("version", "1.0").putNull("truncation").putNull("padding");
    addedTokens();
    String kind = metadata.string("tokenizer.ggml.model").orElse("");
    switch (kind) {
      case "gpt2" -> bytePair();
      case "llama" -> sentencePiece();
      case "bert" -> wordPiece();
      default ->
          throw new ModelFormatException(
              file, -1, "has a tokenizer of kind '" + kind + "', which has no tokenizer.json");
    }
    return root;
  }

  private void addedTokens() {
    ArrayNode added = root.putArray("added_tokens");
    for (int id = 0; id < tokens.size(); id++) {
      boolean special = kinds[id] == TokenKinds.CONTROL || kinds[id] == TokenKinds.UNKNOWN;
      if (special || kinds[id] == TokenKinds.USER_DEFINED) {
        ObjectNode token = added.addObject();
        token.put("id", id).put("content", tokens.get(id)).put("single_word", false);
        token.put("lstrip", false).put("rstrip", false).put("normalized", false);
        token.put("special", special);
      }
    }
  }

  private void bytePair() {
    String pre = metadata.string("tokenizer.ggml.pre").orElse("default");
    PreTokenizers.Known known =
        PreTokenizers.named(pre)
            .orElseThrow(() ->
                new ModelFormatException(
                    file,
                    -1,
                    "splits text by the rules '%s', of which no definition for tokenizer.json is known; known are %s"
                        .formatted(pre, String.join(", ", PreTokenizers.names()))));
    if (pre.startsWith("qwen")) {
      root.putObject("normalizer").put("type", "NFC");
    } else {
      root.putNull("normalizer");
    }
    ArrayNode steps = JsonNodeFactory.instance.arrayNode();
    known.steps().forEach(step -> steps.add(step(step)));
    if (steps.size() == 1) {
      root.set("pre_tokenizer", steps.get(0));
    } else {
      root.putObject("pre_tokenizer").put("type", "Sequence").set("pretokenizers", steps);
    }
    ObjectNode level = byteLevel(false).put("add_prefix_space", true).put("trim_offsets", false);
    frame(level);
    root.set("decoder", byteLevel(true).put("add_prefix_space", true));
    ObjectNode model = model("BPE", tokens);
    model.put("ignore_merges", known.wholePieces()).put("byte_fallback", false);
    ArrayNode merges = model.putArray("merges");
    for (String merge : metadata.strings("tokenizer.ggml.merges").orElse(List.of())) {
      int gap = merge.indexOf(' ', 1);
      merges.addArray().add(merge.substring(0, gap)).add(merge.substring(gap + 1));
    }
  }

  private static ObjectNode byteLevel(boolean regex) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("type", "ByteLevel").put("add_prefix_space", false).put("trim_offsets", true);
    return node.put("use_regex", regex);
  }

  private static ObjectNode step(String step) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    if (step.startsWith("split ")) {
      node.put("type", "Split");
      node.putObject("pattern").put("Regex", step.substring("split ".length()));
      return node.put("behavior", "Isolated").put("invert", false);
    }
    return step.equals(PreTokenizers.DIGITS)
        ? node.put("type", "Digits").put("individual_digits", true)
        : byteLevel(step.equals(PreTokenizers.BYTES_AND_WORDS));
  }

  /** What is put around text, after a step that is there anyway, or null. */
  private void frame(ObjectNode step) {
    OptionalInt begin = tokenizer.addsBos() ? tokenizer.special().bos() : OptionalInt.empty();
    OptionalInt end =
        !tokenizer.addsEos()
            ? OptionalInt.empty()
            : metadata.string("tokenizer.ggml.model").orElse("").equals("bert")
                ? tokenizer.special().sep()
                : tokenizer.special().eos();
    if (begin.isEmpty() && end.isEmpty()) {
      root.set("post_processor", step == null ? JsonNodeFactory.instance.nullNode() : step);
      return;
    }
    ObjectNode template = JsonNodeFactory.instance.objectNode().put("type", "TemplateProcessing");
    ArrayNode single = template.putArray("single");
    ArrayNode pair = template.putArray("pair");
    begin.ifPresent(id -> special(single, id, 0));
    sequence(single, "A", 0);
    end.ifPresent(id -> special(single, id, 0));
    pair.addAll(single);
    boolean bert = end.isPresent() && end.equals(tokenizer.special().sep());
    if (!bert) {
      begin.ifPresent(id -> special(pair, id, 1));
    }
    sequence(pair, "B", 1);
    end.ifPresent(id -> special(pair, id, 1));
    ObjectNode specials = template.putObject("special_tokens");
    begin.ifPresent(id -> describe(specials, id));
    end.ifPresent(id -> describe(specials, id));
    if (step == null) {
      root.set("post_processor", template);
    } else {
      ArrayNode all =
          root.putObject("post_processor").put("type", "Sequence").putArray("processors");
      all.add(step).add(template);
    }
  }

  private void special(ArrayNode list, int id, int type) {
    list.addObject().putObject("SpecialToken").put("id", tokens.get(id)).put("type_id", type);
  }

  private static void sequence(ArrayNode list, String id, int type) {
    list.addObject().putObject("Sequence").put("id", id).put("type_id", type);
  }

  private void describe(ObjectNode specials, int id) {
    ObjectNode token = specials.putObject(tokens.get(id)).put("id", tokens.get(id));
    token.putArray("ids").add(id);
    token.putArray("tokens").add(tokens.get(id));
  }

  private ObjectNode model(String type, List<String> texts) {
    ObjectNode model = root.putObject("model").put("type", type);
    if (type.equals("BPE")) {
      model.putNull("dropout").putNull("unk_token").putNull("continuing_subword_prefix");
      model.putNull("end_of_word_suffix").put("fuse_unk", false);
    }
    ObjectNode vocabulary = model.putObject("vocab");
    for (int id = 0; id < texts.size(); id++) {
      if (kinds[id] != TokenKinds.UNUSED) {
        vocabulary.put(texts.get(id), id);
      }
    }
    return model;
  }

  private void sentencePiece() {
    ObjectNode replace = JsonNodeFactory.instance.objectNode().put("type", "Replace");
    replace.putObject("pattern").put("String", " ");
    replace.put("content", SPACE);
    boolean prefix = tokenizer.addsSpacePrefix();
    if (prefix) {
      ArrayNode steps =
          root.putObject("normalizer").put("type", "Sequence").putArray("normalizers");
      steps.addObject().put("type", "Prepend").put("prepend", SPACE);
      steps.add(replace);
    } else {
      root.set("normalizer", replace);
    }
    root.putNull("pre_tokenizer");
    frame(null);
    ArrayNode decoders = root.putObject("decoder").put("type", "Sequence").putArray("decoders");
    ObjectNode back = decoders.addObject().put("type", "Replace");
    back.putObject("pattern").put("String", SPACE);
    back.put("content", " ");
    decoders.addObject().put("type", "ByteFallback");
    decoders.addObject().put("type", "Fuse");
    if (prefix) {
      decoders.addObject().put("type", "Strip").put("content", " ").put("start", 1).put("stop", 0);
    }
    ObjectNode model = model("BPE", tokens);
    tokenizer.special().unk().ifPresent(id -> model.put("unk_token", tokens.get(id)));
    model.put("fuse_unk", true).put("byte_fallback", true).put("ignore_merges", false);
    ArrayNode merges = model.putArray("merges");
    merges().forEach(merge -> merges.addArray().add(merge.left()).add(merge.right()));
  }

  private record Merge(String left, String right, float score, int id, int leftId, int rightId) {}

  /**
   * Pairs that give a token, best score first: SentencePiece joins by the score of the result, and
   * so do merges in this order.
   */
  private List<Merge> merges() {
    float[] scores = metadata.floats("tokenizer.ggml.scores").orElse(new float[tokens.size()]);
    Map<String, Integer> ids = new HashMap<>();
    for (int id = 0; id < tokens.size(); id++) {
      if (kinds[id] == TokenKinds.NORMAL) {
        ids.putIfAbsent(tokens.get(id), id);
      }
    }
    List<Merge> merges = new ArrayList<>();
    for (Map.Entry<String, Integer> entry : ids.entrySet()) {
      String text = entry.getKey();
      for (int cut = 1; cut < text.length(); cut++) {
        Integer left = ids.get(text.substring(0, cut));
        Integer right = left == null ? null : ids.get(text.substring(cut));
        if (right != null) {
          merges.add(
              new Merge(
                  text.substring(0, cut),
                  text.substring(cut),
                  scores[entry.getValue()],
                  entry.getValue(),
                  left,
                  right));
        }
      }
    }
    merges.sort(
        Comparator.comparingDouble((Merge merge) -> -merge.score())
            .thenComparingInt(Merge::id)
            .thenComparingInt(Merge::leftId)
            .thenComparingInt(Merge::rightId));
    return merges;
  }

  private void wordPiece() {
    boolean lowercase = metadata.bool("tokenizer.ggml.normalizer.lowercase").orElse(true);
    ObjectNode normalizer = root.putObject("normalizer").put("type", "BertNormalizer");
    normalizer.put("clean_text", true).put("handle_chinese_chars", true);
    metadata
        .bool("tokenizer.ggml.normalizer.strip_accents")
        .ifPresentOrElse(
            strip -> normalizer.put("strip_accents", strip),
            () -> normalizer.putNull("strip_accents"));
    normalizer.put("lowercase", lowercase);
    root.putObject("pre_tokenizer").put("type", "BertPreTokenizer");
    frame(null);
    root.putObject("decoder").put("type", "WordPiece").put("prefix", "##").put("cleanup", true);
    List<String> words = new ArrayList<>();
    for (int id = 0; id < tokens.size(); id++) {
      String token = tokens.get(id);
      boolean plain = kinds[id] == TokenKinds.CONTROL || kinds[id] == TokenKinds.UNKNOWN;
      words.add(
          plain ? token : token.startsWith(SPACE) ? token.substring(SPACE.length()) : "##" + token);
    }
    ObjectNode model = model("WordPiece", words);
    tokenizer.special().unk().ifPresent(id -> model.put("unk_token", words.get(id)));
    model.put("continuing_subword_prefix", "##").put("max_input_chars_per_word", 100);
  }
}
