package dev.gatun.qnnbackend;

import dev.gatun.engine.compiled.CompilerSelfTest;
import dev.gatun.runtime.spi.Finding;
import dev.gatun.runtime.spi.ProbeContext;
import dev.gatun.runtime.spi.SelfTest;

/** Loads the NPU's library and adds two vectors on it. */
final class QnnSelfTest implements SelfTest {
  @Override
  public Finding present(ProbeContext context) {
    return QnnBackendProvider.present(context);
  }

  @Override
  public String digest(ProbeContext context) {
    return QnnRuntime.search(context).digest();
  }

  @Override
  public Finding run(ProbeContext context) {
    return CompilerSelfTest.of(new QnnBackendProvider().probe(context), QnnRuntime.remedy());
  }
}
