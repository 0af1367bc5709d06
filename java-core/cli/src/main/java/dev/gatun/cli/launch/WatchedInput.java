package dev.gatun.cli.launch;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A stream that knows whether anybody has read from it. */
final class WatchedInput extends FilterInputStream {
  private volatile boolean read;

  WatchedInput(InputStream in) {
    super(in);
  }

  boolean wasRead() {
    return read;
  }

  @Override
  public int read() throws IOException {
    read = true;
    return super.read();
  }

  @Override
  public int read(byte[] bytes, int from, int count) throws IOException {
    read = true;
    return super.read(bytes, from, count);
  }
}
