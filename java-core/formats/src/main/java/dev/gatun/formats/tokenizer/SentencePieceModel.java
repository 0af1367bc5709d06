package dev.gatun.formats.tokenizer;

import dev.gatun.formats.ModelFormatException;
import dev.gatun.tensor.GatunException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * SentencePiece's {@code tokenizer.model}: a protocol buffer with pieces, the trainer's settings
 * and the normalizer's (source of the fields: {@code sentencepiece_model.proto}).
 *
 * @param pieces by id
 * @param bytePair whether pieces are merged by score (BPE); else the model is a unigram model
 * @param spacePrefix whether a space is put before text
 */
public record SentencePieceModel(List<Piece> pieces, boolean bytePair, boolean spacePrefix) {
  private static final long MAX_BYTES = 64L << 20;
  private static final int MAX_PIECES = 1 << 22;

  /**
   * One piece.
   *
   * @param kind 1 normal, 2 unknown, 3 control, 4 user-defined, 5 unused, 6 byte: GGUF's numbers
   */
  public record Piece(String text, float score, int kind) {}

  /**
   * Reads a file.
   *
   * @throws ModelFormatException when it is missing, damaged or of another format
   */
  public static SentencePieceModel read(Path path) {
    try {
      if (Files.size(path) > MAX_BYTES) {
        throw new ModelFormatException(
            path.toString(),
            -1,
            "has more than " + MAX_BYTES + " bytes: no tokenizer is that large");
      }
      return parse(path.toString(), Files.readAllBytes(path));
    } catch (IOException e) {
      throw new ModelFormatException(
          path.toString(), -1, "cannot be read (" + GatunException.reason(e) + ")", e);
    }
  }

  static SentencePieceModel parse(String file, byte[] bytes) {
    Reader reader = new Reader(file, bytes, 0, bytes.length);
    List<Piece> pieces = new ArrayList<>();
    boolean bytePair = false;
    boolean spacePrefix = true;
    while (reader.more()) {
      long tag = reader.varint();
      if (tag == (1 << 3 | 2)) {
        pieces.add(piece(reader.message()));
      } else if (tag == (2 << 3 | 2)) {
        // The default of model_type is 1, unigram.
        bytePair = reader.message().field(3, 1) == 2;
      } else if (tag == (3 << 3 | 2)) {
        spacePrefix = reader.message().field(3, 1) != 0;
      } else {
        reader.skip(tag);
      }
      if (pieces.size() > MAX_PIECES) {
        throw reader.bad("has more than " + MAX_PIECES + " pieces");
      }
    }
    if (pieces.isEmpty()) {
      throw reader.bad("has no pieces: no tokenizer of SentencePiece's");
    }
    return new SentencePieceModel(Collections.unmodifiableList(pieces), bytePair, spacePrefix);
  }

  /** The file's bytes. */
  public byte[] toBytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (Piece piece : pieces) {
      ByteArrayOutputStream one = new ByteArrayOutputStream();
      message(one, 1, piece.text().getBytes(StandardCharsets.UTF_8));
      one.write(2 << 3 | 5);
      int bits = Float.floatToRawIntBits(piece.score());
      for (int shift = 0; shift < 32; shift += 8) {
        one.write(bits >> shift);
      }
      if (piece.kind() != 1) {
        one.write(3 << 3);
        one.write(piece.kind());
      }
      message(out, 1, one.toByteArray());
    }
    // Trainer: kind of model, byte fall-back. Normalizer: none, space before text, spaces kept.
    boolean bytes = pieces.stream().filter(piece -> piece.kind() == 6).count() == 256;
    byte[] trainer = {3 << 3, (byte) (bytePair ? 2 : 1), (byte) 0x98, 2, (byte) (bytes ? 1 : 0)};
    message(out, 2, trainer);
    ByteArrayOutputStream normalizer = new ByteArrayOutputStream();
    message(normalizer, 1, "identity".getBytes(StandardCharsets.UTF_8));
    normalizer.writeBytes(new byte[] {3 << 3, (byte) (spacePrefix ? 1 : 0), 4 << 3, 0, 5 << 3, 1});
    message(out, 3, normalizer.toByteArray());
    return out.toByteArray();
  }

  private static void message(ByteArrayOutputStream out, int field, byte[] content) {
    out.write(field << 3 | 2);
    int length = content.length;
    while (length >= 0x80) {
      out.write((length & 0x7f) | 0x80);
      length >>>= 7;
    }
    out.write(length);
    out.writeBytes(content);
  }

  private static Piece piece(Reader reader) {
    String text = "";
    float score = 0;
    int kind = 1;
    while (reader.more()) {
      long tag = reader.varint();
      if (tag == (1 << 3 | 2)) {
        text = reader.text();
      } else if (tag == (2 << 3 | 5)) {
        score = reader.fixed32();
      } else if (tag == 3 << 3) {
        kind = (int) reader.varint();
      } else {
        reader.skip(tag);
      }
    }
    if (kind < 1 || kind > 6 || Float.isNaN(score)) {
      throw reader.bad("has a piece of kind " + kind + " with score " + score);
    }
    return new Piece(text, score, kind);
  }

  /** Fields of one message. */
  private static final class Reader {
    private final String file;
    private final byte[] bytes;
    private final int end;
    private int at;

    Reader(String file, byte[] bytes, int from, int end) {
      this.file = file;
      this.bytes = bytes;
      this.at = from;
      this.end = end;
    }

    boolean more() {
      return at < end;
    }

    long varint() {
      long value = 0;
      for (int shift = 0; shift < 64; shift += 7) {
        if (at >= end) {
          throw bad("ends inside a number");
        }
        byte b = bytes[at++];
        value |= (b & 0x7fL) << shift;
        if (b >= 0) {
          return value;
        }
      }
      throw bad("has a number of more than ten bytes");
    }

    private int length(long length) {
      if (length < 0 || length > end - at) {
        throw bad("has a field of " + length + " bytes where " + (end - at) + " are left");
      }
      return (int) length;
    }

    Reader message() {
      int length = length(varint());
      Reader message = new Reader(file, bytes, at, at + length);
      at += length;
      return message;
    }

    String text() {
      int length = length(varint());
      at += length;
      try {
        return StandardCharsets.UTF_8
            .newDecoder()
            .decode(ByteBuffer.wrap(bytes, at - length, length))
            .toString();
      } catch (CharacterCodingException e) {
        throw bad("has a piece that is not UTF-8");
      }
    }

    float fixed32() {
      int from = at;
      at += length(4);
      return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getFloat(from);
    }

    void skip(long tag) {
      int bytes =
          switch ((int) (tag & 7)) {
            case 0 -> {
              varint();
              yield 0;
            }
            case 1 -> length(8);
            case 2 -> length(varint());
            case 5 -> length(4);
            default -> throw bad("has a field of an unknown kind: no tokenizer of SentencePiece's");
          };
      at += bytes;
    }

    /** The last value of a number's field, or what it is by default. */
    long field(int number, long otherwise) {
      long value = otherwise;
      while (more()) {
        long tag = varint();
        if (tag == (long) number << 3) {
          value = varint();
        } else {
          skip(tag);
        }
      }
      return value;
    }

    ModelFormatException bad(String what) {
      return new ModelFormatException(file, at, what);
    }
  }
}
