package dev.gatun.qnnbackend;

import dev.gatun.qnn.QnnContext;
import dev.gatun.qnn.QnnGraph;
import dev.gatun.qnnbackend.lower.LoweredGraph;
import dev.gatun.qnnbackend.lower.LoweringOptions;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A graph compiled for one size of everything.
 *
 * @param running held while it runs: sessions share it
 */
record Variant(
    LoweredGraph lowered,
    LoweringOptions options,
    QnnContext context,
    QnnGraph graph,
    ReentrantLock running)
    implements AutoCloseable {
  @Override
  public void close() {
    context.close();
  }
}
