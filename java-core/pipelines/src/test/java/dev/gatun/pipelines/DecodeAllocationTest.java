package dev.gatun.pipelines;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.runtime.session.Session;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.store.LocatedModel;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Steady decode makes no garbage, on any thread: from the batch through the kernels to logits. */
class DecodeAllocationTest {
  private static final Path MODEL = Checkout.architectures().resolve("llama.gguf");
  private static final int TOKENS = 250;

  /** Windows in which the compilers may still be at work; escape analysis comes with C2. */
  private static final int MOST_WINDOWS = 200;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @Test
  void steadyDecodeAllocatesNothing() {
    LoadOptions options =
        LoadOptions.DEFAULT.withPolicy(Policy.require("vector")).withContext(TOKENS).withBatch(32);
    long[] windows = new long[MOST_WINDOWS];
    try (GatunRuntime runtime = GatunRuntime.builder().threads(2).build();
        LanguageModel model = LanguageModel.load(runtime, LocatedModel.file(MODEL), options);
        Session session = model.newSession()) {
      var batch = new Batch(1);
      long[] ids = LongStream.of(threads.getAllThreadIds()).filter(this::decodes).toArray();
      int steady = 0;
      for (int i = 0; i < MOST_WINDOWS && steady < 3; i++) {
        session.openSequence(0);
        step(session, batch, 1, 0);
        long before = allocated(ids);
        for (int position = 1; position < TOKENS; position++) {
          step(session, batch, 1 + position % 50, position);
        }
        windows[i] = allocated(ids) - before;
        session.closeSequence(0);
        // Reading the counters makes a little garbage itself.
        steady = windows[i] < TOKENS ? steady + 1 : 0;
      }
      assertTrue(
          steady == 3, "bytes in windows of " + TOKENS + " tokens: " + Arrays.toString(windows));
    }
  }

  private static void step(Session session, Batch batch, int token, int position) {
    batch.clear();
    batch.add(token, position, 0, true);
    session.run(batch);
  }

  private boolean decodes(long id) {
    ThreadInfo thread = threads.getThreadInfo(id);
    return id == Thread.currentThread().threadId()
        || (thread != null && thread.getThreadName().startsWith("gatun-worker"));
  }

  private long allocated(long[] ids) {
    return LongStream.of(threads.getThreadAllocatedBytes(ids)).sum();
  }
}
