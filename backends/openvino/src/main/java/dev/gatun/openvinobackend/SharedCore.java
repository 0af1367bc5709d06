package dev.gatun.openvinobackend;

import dev.gatun.openvino.Core;
import dev.gatun.openvino.OpenVino;

/** The library and its one core per runtime. */
final class SharedCore implements AutoCloseable {
  private final OpenVino library;
  private final Core core;

  SharedCore(OpenVino library) {
    this.library = library;
    core = library.newCore();
  }

  OpenVino library() {
    return library;
  }

  Core core() {
    return core;
  }

  @Override
  public void close() {
    core.close();
  }
}
