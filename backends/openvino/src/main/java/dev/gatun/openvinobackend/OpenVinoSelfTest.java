package dev.gatun.openvinobackend;

import dev.gatun.engine.compiled.CompilerSelfTest;
import dev.gatun.runtime.spi.Finding;
import dev.gatun.runtime.spi.ProbeContext;
import dev.gatun.runtime.spi.SelfTest;

/** Loads the library and adds two vectors on its first device. */
final class OpenVinoSelfTest implements SelfTest {
  @Override
  public Finding present(ProbeContext context) {
    return OpenVinoProvider.present(context);
  }

  @Override
  public String digest(ProbeContext context) {
    return OpenVinoRuntime.search(context).digest()
        + "\n"
        + context.property(OpenVinoSettings.DEVICE).orElse("");
  }

  @Override
  public Finding run(ProbeContext context) {
    return CompilerSelfTest.of(new OpenVinoProvider().probe(context), OpenVinoRuntime.remedy());
  }
}
