package dev.gatun.quantize.gguf;

import dev.gatun.formats.gguf.GgufWriter;
import dev.gatun.tensor.GatunException;

/** A metadata value that replaces the model's own, or is added to it. */
public sealed interface MetadataOverride {
  /** The key. */
  String key();

  /** A number without fraction, stored as u32 as llama.cpp does. */
  record Whole(String key, long value) implements MetadataOverride {}

  /** A number, stored as f32. */
  record Real(String key, float value) implements MetadataOverride {}

  /** A truth value. */
  record Flag(String key, boolean value) implements MetadataOverride {}

  /** A text. */
  record Text(String key, String value) implements MetadataOverride {}

  /** Puts it behind all other metadata. */
  default void put(GgufWriter writer) {
    writer.remove(key());
    switch (this) {
      case Whole whole -> writer.uint32(whole.key(), Math.abs(whole.value()));
      case Real real -> writer.float32(real.key(), real.value());
      case Flag flag -> writer.bool(flag.key(), flag.value());
      case Text text -> writer.string(text.key(), text.value());
    }
  }

  /**
   * Reads {@code KEY=TYPE:VALUE} with TYPE one of int, float, bool, str.
   *
   * @throws GatunException when it is not of this form
   */
  static MetadataOverride parse(String text) {
    int equals = text.indexOf('=');
    int colon = text.indexOf(':', equals + 1);
    if (equals < 1 || colon < 0) {
      throw malformed(text, null);
    }
    String key = text.substring(0, equals);
    String value = text.substring(colon + 1);
    try {
      return switch (text.substring(equals + 1, colon)) {
        case "int" -> new Whole(key, Long.parseLong(value));
        case "float" -> new Real(key, Float.parseFloat(value));
        case "bool" -> new Flag(key, flag(text, value));
        case "str" -> new Text(key, value);
        default -> throw malformed(text, null);
      };
    } catch (NumberFormatException e) {
      throw malformed(text, e);
    }
  }

  private static boolean flag(String text, String value) {
    return switch (value) {
      case "true" -> true;
      case "false" -> false;
      default -> throw malformed(text, null);
    };
  }

  private static GatunException malformed(String text, Exception cause) {
    return new GatunException(
        GatunException.Kind.USAGE,
        "'%s' is not KEY=TYPE:VALUE with TYPE one of int, float, bool (true, false), str"
            .formatted(text),
        cause);
  }
}
