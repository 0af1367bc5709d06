package dev.gatun.quantize.convert;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.formats.gguf.GgufType;
import dev.gatun.formats.gguf.GgufWriter;
import dev.gatun.tensor.Shape;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** The keys {@code general.*}: what the model is called, where it comes from, how to sample. */
record GeneralKeys(ModelFolder folder, Optional<String> name) {
  /**
   * Writes those of a model, after its architecture and type.
   *
   * @param computed numbers in tensors that are not planned
   */
  void write(GgufWriter out, List<PlannedTensor> tensors, long computed) {
    Sizes sizes = Sizes.of(tensors, computed);
    write(out, sizes.total(), Optional.of(sizes.label()));
  }

  /**
   * Writes them.
   *
   * @param parameters how many there are; of an adapter those that it changes, negative
   * @param label tells the size where the name does not
   */
  void write(GgufWriter out, long parameters, Optional<String> label) {
    sampling(out, folder.json("generation_config.json"));
    ModelCard card = ModelCard.of(folder);
    String path = folder.config().root().path("_name_or_path").asText("");
    boolean named = !path.isEmpty() && path.indexOf('/') == path.lastIndexOf('/');
    ModelNames own = ModelNames.of(folder.name(), parameters);
    ModelNames said = named ? ModelNames.of(path, parameters) : own;
    out.string(
        "general.name",
        name.or(() -> card.text("model_name")).orElse(ModelNames.title(said.name())));
    card.text("model_creator").ifPresent(text -> out.string("general.author", text));
    string(out, "version", either(said, own, ModelNames::version));
    string(out, "organization", either(said, own, ModelNames::organization).map(ModelNames::title));
    string(out, "finetune", either(said, own, ModelNames::tune));
    string(out, "basename", card.text("model_type").or(() -> either(said, own, ModelNames::base)));
    string(out, "size_label", either(said, own, ModelNames::size).or(() -> label));
    string(out, "license", card.text("license"));
    string(out, "license.name", card.text("license_name"));
    string(out, "license.link", card.text("license_link"));
    sources(out, "base_model", card.all("base_model"), parameters);
    sources(out, "dataset", card.all("datasets"), parameters);
    List<String> tags = card.all("tags", "pipeline_tag");
    if (!tags.isEmpty()) {
      out.strings("general.tags", tags);
    }
    List<String> languages = card.all("languages", "language");
    if (!languages.isEmpty()) {
      out.strings("general.languages", languages);
    }
  }

  private static Optional<String> either(
      ModelNames first, ModelNames second, Function<ModelNames, Optional<String>> part) {
    return part.apply(first).or(() -> part.apply(second));
  }

  private static void string(GgufWriter out, String key, Optional<String> value) {
    value.ifPresent(text -> out.string("general." + key, text));
  }

  private static void sources(GgufWriter out, String kind, List<String> ids, long parameters) {
    if (ids.isEmpty()) {
      return;
    }
    out.uint32("general." + kind + ".count", ids.size());
    for (int i = 0; i < ids.size(); i++) {
      ModelNames names = ModelNames.of(ids.get(i), parameters);
      String key = kind + "." + i + ".";
      string(out, key + "name", Optional.of(ModelNames.title(names.name())));
      string(out, key + "version", names.version());
      string(out, key + "organization", names.organization().map(ModelNames::title));
      if (names.organization().isPresent()) {
        String id = names.organization().get() + "/" + names.name();
        string(out, key + "repo_url", Optional.of("https://huggingface.co/" + id));
      }
    }
  }

  private static void sampling(GgufWriter out, JsonNode config) {
    integer(out, "top_k", config.path("top_k"));
    number(out, "top_p", config.path("top_p"));
    number(out, "min_p", config.path("min_p"));
    number(out, "temp", config.path("temperature"));
    number(out, "penalty_repeat", config.path("repetition_penalty"));
  }

  private static void integer(GgufWriter out, String key, JsonNode value) {
    if (value.isInt()) {
      out.integer("general.sampling." + key, GgufType.I32, value.asInt());
    }
  }

  private static void number(GgufWriter out, String key, JsonNode value) {
    if (value.isNumber()) {
      out.float32("general.sampling." + key, (float) value.asDouble());
    }
  }

  /**
   * Numbers of a model, and what is said of them.
   *
   * @param each numbers of one expert, in all layers
   */
  private record Sizes(long total, long shared, long each, int experts) {
    static Sizes of(List<PlannedTensor> tensors, long computed) {
      long total = computed;
      long shared = computed;
      long each = 0;
      long experts = 0;
      int stacks = 0;
      for (PlannedTensor tensor : tensors) {
        Shape shape = tensor.shape();
        total += shape.elements();
        if (tensor.name().contains("_exps.") && shape.rank() >= 3) {
          each += shape.elements() / shape.dim(-3);
          experts += shape.dim(-3);
          stacks++;
        } else {
          shared += shape.elements();
        }
      }
      return new Sizes(total, shared, each, stacks == 0 ? 0 : (int) (experts / stacks));
    }

    String label() {
      return experts > 0 ? experts + "x" + rounded(shared + each) : rounded(total);
    }

    /** Two digits and a unit: 135M, 1.1B. */
    private static String rounded(long count) {
      String[] units = {"K", "M", "B", "T"};
      int unit = count > 1e12 ? 3 : count > 1e9 ? 2 : count > 1e6 ? 1 : 0;
      double scaled = count * Math.pow(10, -3.0 * (unit + 1));
      long whole = (long) Math.rint(scaled);
      int digits = whole == 0 ? 0 : Long.toString(whole).length();
      return String.format(
          Locale.ROOT, "%." + Math.max(0, 2 - digits) + "f%s", scaled, units[unit]);
    }
  }
}
