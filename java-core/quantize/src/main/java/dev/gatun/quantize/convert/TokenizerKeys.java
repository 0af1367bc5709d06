package dev.gatun.quantize.convert;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.formats.gguf.GgufWriter;
import dev.gatun.quantize.convert.Family.TokenizerKind;
import dev.gatun.tensor.GatunException;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** The keys {@code tokenizer.*}, from the tokenizer's files of a folder. */
final class TokenizerKeys {
  private final ModelFolder folder;
  private final Family family;
  private final Optional<String> wantedPre;
  private final GgufWriter out;
  private Optional<TokenizerFile> file = Optional.empty();
  private String kind = "";
  private String pre = "default";

  TokenizerKeys(ModelFolder folder, Family family, Optional<String> wantedPre, GgufWriter out) {
    this.folder = folder;
    this.family = family;
    this.wantedPre = wantedPre;
    this.out = out;
  }

  /** Writes them. */
  void write() {
    if (family instanceof LlamaFamily) {
      JsonNode prefix = folder.json("tokenizer_config.json").path("add_prefix_space");
      if (prefix.isBoolean()) {
        out.bool("tokenizer.ggml.add_space_prefix", prefix.asBoolean());
      }
    }
    boolean model = folder.has("tokenizer.model");
    TokenizerKind wanted = family.tokenizer();
    if (wanted == TokenizerKind.WORD_PIECE) {
      wordPiece();
    } else if (model && !gpt2Class()) {
      boolean phi = wanted == TokenizerKind.PHI3;
      sentencePiece(SentencePieceTokens.fromModel(folder, phi));
      if (folder.has("tokenizer.json")) {
        file = Optional.of(TokenizerFile.read(folder));
      }
    } else {
      TokenizerFile json = TokenizerFile.read(folder);
      file = Optional.of(json);
      if (SentencePieceTokens.isIn(json.root())) {
        sentencePiece(SentencePieceTokens.fromJson(folder, json));
      } else {
        bytePair(json);
      }
    }
    if (wanted == TokenizerKind.GEMMA && kind.equals("llama")) {
      out.bool("tokenizer.ggml.add_space_prefix", false);
    }
    if (family instanceof LlamaFamily) {
      exceptions();
    }
  }

  /** Phi-4's folders may hold both kinds of files. */
  private boolean gpt2Class() {
    return family.tokenizer() == TokenizerKind.PHI3
        && folder
            .json("tokenizer_config.json")
            .path("tokenizer_class")
            .asText()
            .equals("GPT2Tokenizer");
  }

  /** What is in no file of these models (source: llama.cpp's converter). */
  private void exceptions() {
    long size = folder.config().integer("vocab_size").orElse(0L);
    if (size == 32016) {
      // CodeLlama fills in the middle.
      out.uint32("tokenizer.ggml.prefix_token_id", 32007);
      out.uint32("tokenizer.ggml.suffix_token_id", 32008);
      out.uint32("tokenizer.ggml.middle_token_id", 32009);
      out.uint32("tokenizer.ggml.eot_token_id", 32010);
    } else if (size == 49152) {
      out.bool("tokenizer.ggml.add_bos_token", false);
    }
  }

  private void sentencePiece(TokenList tokens) {
    kind = "llama";
    out.string("tokenizer.ggml.model", kind);
    out.string("tokenizer.ggml.pre", pre);
    tokens.write(out);
    new SpecialIds(folder, tokens.size()).write(out);
  }

  private void bytePair(TokenizerFile json) {
    if (!json.root().at("/model/type").asText().equals("BPE")) {
      throw json.bad(
          "is of type '%s'; models of architecture '%s' come with BPE: it belongs to another model"
              .formatted(json.root().at("/model/type").asText("?"), family.architecture()));
    }
    TokenList tokens = json.tokens(folder.config());
    kind = "gpt2";
    pre = wantedPre.orElseGet(() -> detected(json));
    out.string("tokenizer.ggml.model", kind);
    out.string("tokenizer.ggml.pre", pre);
    tokens.write(out);
    out.strings("tokenizer.ggml.merges", json.merges());
    new SpecialIds(folder, Integer.MAX_VALUE).write(out);
  }

  private static String detected(TokenizerFile json) {
    return PreTokenizers.name(json.root())
        .orElseThrow(() ->
            new GatunException(
                GatunException.Kind.MODEL,
                "%s: its way of splitting text is none of those known (%s): %s. Name the one that fits with --pre NAME; its tokens are then compared"
                    .formatted(
                        json.path(),
                        String.join(", ", PreTokenizers.names()),
                        shortened(PreTokenizers.steps(json.root()), json))));
  }

  private static String shortened(List<String> steps, TokenizerFile json) {
    String text = String.join(" then ", steps);
    boolean whole = json.root().at("/model/ignore_merges").asBoolean();
    return (text.length() <= 300 ? text : text.substring(0, 300) + "…")
        + (whole ? ", with ignore_merges" : "");
  }

  private void wordPiece() {
    TokenizerFile json = TokenizerFile.read(folder);
    if (!json.root().at("/model/type").asText().equals("WordPiece")) {
      throw json.bad(
          "is of type '%s'; of BERT's models those with WordPiece are converted"
              .formatted(json.root().at("/model/type").asText("?")));
    }
    out.uint32(
        "tokenizer.ggml.token_type_count", folder.config().integer("type_vocab_size").orElse(1L));
    TokenList tokens = json.tokens(folder.config());
    String prefix = json.root().at("/model/continuing_subword_prefix").asText("##");
    // GGUF marks the beginning of a word, not its continuation.
    IntStream.range(0, tokens.size())
        .filter(id -> tokens.kind(id) != TokenKinds.CONTROL)
        .forEach(id -> {
          String text = tokens.text(id);
          tokens.set(
              id,
              text.startsWith(prefix) ? text.substring(prefix.length()) : "\u2581" + text,
              tokens.kind(id),
              0);
        });
    kind = "bert";
    pre = wantedPre.orElse("bert-bge");
    out.string("tokenizer.ggml.model", kind);
    out.string("tokenizer.ggml.pre", pre);
    tokens.write(out);
    new SpecialIds(folder, tokens.size()).write(out);
  }

  /** Kind and pre-tokenizer. */
  String described() {
    return kind + "/" + pre;
  }

  /** The tokenizer.json whose rules the result can be compared with. */
  Optional<TokenizerFile> comparable() {
    return kind.equals("bert") ? Optional.empty() : file;
  }
}
