package dev.gatun.formats.safetensors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.gatun.formats.ModelFormatException;
import dev.gatun.formats.safetensors.SafetensorsPart.Entry;
import dev.gatun.graph.ModelSource.TensorInfo;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The header of a safetensors file: eight bytes of length and a JSON object of that length. Read as
 * hostile: types, shapes and ranges must agree with each other and with the size of the file, and
 * the ranges must cover the data without gap or overlap, which is what the format asks for.
 *
 * @param metadata the strings under {@code __metadata__}
 * @param tensors in the order of the header
 */
record SafetensorsHeader(Map<String, String> metadata, List<Entry> tensors) {
  /** Longest header; the format's own limit is 100 MB. */
  static final long MAX_BYTES = 100_000_000;

  /** Dimensions of a tensor, more than any library uses. */
  private static final int MAX_RANK = 64;

  private static final ValueLayout.OfLong LENGTH =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(8)
                  .maxNameLength(4096)
                  .maxNumberLength(32)
                  .build())
          .build();

  /**
   * Parses the header of a file.
   *
   * @param file what messages call it
   * @param data the whole file
   */
  static SafetensorsHeader parse(String file, MemorySegment data) {
    if (data.byteSize() < 8) {
      throw new ModelFormatException(
          file, 0, "has " + data.byteSize() + " bytes: no safetensors file; download it again");
    }
    long length = data.get(LENGTH, 0);
    if (length < 2 || length > MAX_BYTES || length > data.byteSize() - 8) {
      throw new ModelFormatException(
          file,
          0,
          "claims a header of "
              + Long.toUnsignedString(length)
              + " bytes in a file of "
              + data.byteSize()
              + "; it is cut off, or no safetensors file: download it again");
    }
    byte[] json = data.asSlice(8, length).toArray(ValueLayout.JAVA_BYTE);
    return new Reader(file, json, data.byteSize() - 8 - length).read();
  }

  private static final class Reader {
    private final String file;
    private final byte[] json;
    private final long dataSize;
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final List<Entry> tensors = new ArrayList<>();
    private final Set<String> names = new LinkedHashSet<>();
    private JsonParser parser;

    Reader(String file, byte[] json, long dataSize) {
      this.file = file;
      this.json = json;
      this.dataSize = dataSize;
    }

    SafetensorsHeader read() {
      if (json[0] != '{') {
        throw new ModelFormatException(file, 8, "its header does not begin with '{'");
      }
      try (JsonParser open = JSON.createParser(json)) {
        parser = open;
        expect(parser.nextToken(), JsonToken.START_OBJECT, "an object");
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          String name = parser.currentName();
          if (!names.add(name)) {
            throw bad("names '" + shown(name) + "' twice");
          }
          expect(parser.nextToken(), JsonToken.START_OBJECT, "an object for '" + shown(name) + "'");
          if (name.equals("__metadata__")) {
            metadata();
          } else {
            tensors.add(tensor(name));
          }
        }
        expect(parser.currentToken(), JsonToken.END_OBJECT, "the end of the object");
        if (parser.nextToken() != null) {
          throw bad("goes on after its end");
        }
      } catch (IOException e) {
        throw new ModelFormatException(
            file, at(), "its header is damaged: " + firstLine(e) + "; download it again", e);
      }
      checkCoverage();
      return new SafetensorsHeader(
          Collections.unmodifiableMap(metadata), Collections.unmodifiableList(tensors));
    }

    private void metadata() throws IOException {
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String key = parser.currentName();
        expect(parser.nextToken(), JsonToken.VALUE_STRING, "a string under __metadata__");
        metadata.put(key, parser.getText());
      }
    }

    private Entry tensor(String name) throws IOException {
      DType type = null;
      long[] dims = null;
      long[] range = null;
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String key = parser.currentName();
        JsonToken token = parser.nextToken();
        switch (key) {
          case "dtype" -> {
            expect(token, JsonToken.VALUE_STRING, "a string for dtype");
            type = type(name, parser.getText());
          }
          case "shape" -> dims = numbers(token, MAX_RANK, "shape");
          case "data_offsets" -> range = numbers(token, 2, "data_offsets");
          default ->
              throw bad("tensor '" + shown(name) + "' has an unknown field '" + shown(key) + "'");
        }
      }
      if (type == null || dims == null || range == null || range.length != 2) {
        throw bad("tensor '" + shown(name) + "' lacks its dtype, shape or two data_offsets");
      }
      return entry(name, type, dims, range[0], range[1]);
    }

    private DType type(String tensor, String name) {
      DType type = SafetensorsTypes.of(name);
      if (type == null) {
        throw bad(
            "tensor '%s' is of type %s, which is not supported; supported are %s: convert the model to one of them first"
                .formatted(shown(tensor), shown(name), SafetensorsTypes.names()));
      }
      return type;
    }

    private long[] numbers(JsonToken token, int most, String what) throws IOException {
      expect(token, JsonToken.START_ARRAY, "an array for " + what);
      long[] values = new long[most];
      int count = 0;
      while (parser.nextToken() == JsonToken.VALUE_NUMBER_INT) {
        if (count == most) {
          throw bad(what + " has more than " + most + " numbers");
        }
        long value = parser.getLongValue();
        if (value < 0) {
          throw bad(what + " has a negative number");
        }
        values[count++] = value;
      }
      expect(parser.currentToken(), JsonToken.END_ARRAY, "whole numbers in " + what);
      return Arrays.copyOf(values, count);
    }

    private Entry entry(String name, DType type, long[] dims, long from, long to) {
      long bytes;
      Shape shape;
      try {
        shape = Shape.of(dims);
        bytes = type.byteSize(shape.elements());
      } catch (ArithmeticException e) {
        throw bad("tensor '" + shown(name) + "' has too many elements: " + Arrays.toString(dims));
      }
      if (from > to || to > dataSize || to - from != bytes) {
        throw bad(
            "tensor '%s' (%s %s, %d bytes) claims the bytes %d to %d of %d; the file is damaged or cut off: download it again"
                .formatted(shown(name), type, shape, bytes, from, to, dataSize));
      }
      return new Entry(new TensorInfo(name, type, shape), 8L + json.length + from, bytes);
    }

    /** Every byte of the data belongs to exactly one tensor. */
    private void checkCoverage() {
      List<Entry> sorted = new ArrayList<>(tensors);
      sorted.sort(Comparator.comparingLong(Entry::offset).thenComparingLong(Entry::size));
      long at = 8L + json.length;
      for (Entry entry : sorted) {
        if (entry.offset() != at) {
          throw new ModelFormatException(
              file,
              entry.offset(),
              "tensor '%s' %s; the file is damaged"
                  .formatted(
                      shown(entry.info().name()),
                      entry.offset() < at
                          ? "shares bytes with another"
                          : "leaves bytes before it that belong to no tensor"));
        }
        at += entry.size();
      }
      if (at != 8L + json.length + dataSize) {
        throw new ModelFormatException(
            file, at, "has bytes behind its last tensor; the file is damaged");
      }
    }

    private void expect(JsonToken token, JsonToken wanted, String what) {
      if (token != wanted) {
        throw bad("expected " + what + ", found " + (token == null ? "the end" : token));
      }
    }

    private ModelFormatException bad(String what) {
      return new ModelFormatException(file, at(), what);
    }

    private long at() {
      return parser == null ? 8 : 8 + Math.max(0, parser.currentTokenLocation().getByteOffset());
    }

    /** A name as messages show it: at most 80 characters. */
    private static String shown(String name) {
      return name.length() <= 80 ? name : name.substring(0, 80) + "…";
    }

    private static String firstLine(IOException e) {
      return String.valueOf(e.getMessage()).lines().findFirst().orElse("no JSON");
    }
  }
}
