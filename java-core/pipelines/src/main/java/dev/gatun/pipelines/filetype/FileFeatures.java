package dev.gatun.pipelines.filetype;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * What a magika model sees of a file: the bytes of its first block after leading white space, and
 * those of its last block before trailing white space, as many as the configuration says; missing
 * ones are padding, at the end of the first part and at the beginning of the second.
 */
final class FileFeatures {
  private final int[] tokens;
  private final boolean text;
  private final boolean empty;

  private FileFeatures(int[] tokens, boolean text, boolean empty) {
    this.tokens = tokens;
    this.text = text;
    this.empty = empty;
  }

  static FileFeatures read(SeekableByteChannel channel, MagikaConfig config) throws IOException {
    long size = channel.size();
    if (size == 0) {
      return new FileFeatures(new int[0], false, true);
    }
    int count = (int) Math.min(config.block(), size);
    byte[] first = bytes(channel, 0, count);
    int from = 0;
    while (from < first.length && isSpace(first[from])) {
      from++;
    }
    if (size < config.smallest() || first.length - from < config.smallest()) {
      return new FileFeatures(new int[0], isText(first), false);
    }
    byte[] last = bytes(channel, size - count, count);
    int to = last.length;
    while (to > 0 && isSpace(last[to - 1])) {
      to--;
    }
    int[] tokens = new int[config.tokens()];
    for (int i = 0; i < config.beginning(); i++) {
      tokens[i] = from + i < first.length ? Byte.toUnsignedInt(first[from + i]) : config.padding();
    }
    for (int i = 0; i < config.end(); i++) {
      int at = to - config.end() + i;
      tokens[config.beginning() + i] = at >= 0 ? Byte.toUnsignedInt(last[at]) : config.padding();
    }
    return new FileFeatures(tokens, false, false);
  }

  /** What the model is given; empty when there is too little for it. Do not modify. */
  int[] tokens() {
    return tokens;
  }

  /** Of a file with too little for the model: whether its first block is UTF-8. */
  boolean isText() {
    return text;
  }

  /** Whether the file has no bytes at all. */
  boolean isEmpty() {
    return empty;
  }

  boolean isEnough() {
    return tokens.length > 0;
  }

  /** Blank, tab, line feed, vertical tab, form feed, carriage return. */
  private static boolean isSpace(byte b) {
    return b == ' ' || (b >= 9 && b <= 13);
  }

  private static boolean isText(byte[] bytes) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  private static byte[] bytes(SeekableByteChannel channel, long at, int count) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(count);
    channel.position(at);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        throw new IOException("the file became shorter while it was read");
      }
    }
    return buffer.array();
  }
}
