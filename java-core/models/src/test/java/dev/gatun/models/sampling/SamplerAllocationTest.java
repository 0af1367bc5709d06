package dev.gatun.models.sampling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Choosing tokens allocates nothing once the windows are full. */
class SamplerAllocationTest {
  private static final int VOCABULARY = 5000;

  @Test
  void steadyChoicesAllocateNothing() {
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    assumeTrue(threads.isThreadAllocatedMemorySupported(), "this JVM counts no allocations");
    SamplerOptions all =
        SamplerOptions.DEFAULT
            .withRepeatPenalty(1.1f)
            .withFrequencyPenalty(0.1f)
            .withTypicalP(0.99f)
            .withLogitBias(Map.of(3, 1f, 4000, -1f))
            .withDry(
                DryOptions.DISABLED
                    .withMultiplier(0.8f)
                    .withSequenceBreakers(
                        new SequenceBreakers(List.of(List.of(4000), List.of(4001, 2)))));
    for (SamplerOptions options :
        List.of(
            SamplerOptions.GREEDY,
            SamplerOptions.DEFAULT,
            all,
            all.withTopK(0),
            all.withTemperature(0),
            all.withMirostat(MirostatOptions.DISABLED.withVersion(2)))) {
      var sampler = new Sampler(options.withSeed(1), VOCABULARY);
      float[] logits = SamplerTest.logits(VOCABULARY, 2);
      long self = Thread.currentThread().threadId();
      long least = Long.MAX_VALUE;
      // The interpreter and the first compilations may allocate; the steady state must not.
      for (int round = 0; round < 12; round++) {
        long before = threads.getThreadAllocatedBytes(self);
        for (int i = 0; i < 60; i++) {
          logits[i] += 0.01f;
          sampler.accept(sampler.sample(logits));
        }
        least = Math.min(least, threads.getThreadAllocatedBytes(self) - before);
      }
      assertEquals(0, least, options::toString);
    }
  }
}
