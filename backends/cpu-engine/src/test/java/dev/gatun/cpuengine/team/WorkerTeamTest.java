package dev.gatun.cpuengine.team;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class WorkerTeamTest {
  private static final int STAGES = 2_000;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5})
  void everyPieceRunsOnceAndAfterTheStageBefore(int threads) {
    int[] pieces = new SplittableRandom(threads).ints(STAGES, 1, 20).toArray();
    try (var team = new WorkerTeam(threads)) {
      for (int round = 0; round < 3; round++) {
        var runs = new AtomicIntegerArray(STAGES * 20);
        var done = new AtomicIntegerArray(STAGES);
        var early = new AtomicInteger();
        team.run(worker -> {
          for (int stage = 0; stage < STAGES; stage++) {
            int count = pieces[stage];
            for (int p = team.claim(stage, count); p >= 0; p = team.claim(stage, count)) {
              if (stage > 0 && done.get(stage - 1) != pieces[stage - 1]) {
                early.incrementAndGet();
              }
              runs.incrementAndGet(stage * 20 + p);
              done.incrementAndGet(stage);
              team.finish(stage, count);
            }
            assertTrue(team.await(worker, stage));
          }
        });
        assertEquals(0, early.get(), "pieces that began before the stage before had ended");
        for (int i = 0; i < STAGES * 20; i++) {
          assertEquals(i % 20 < pieces[i / 20] ? 1 : 0, runs.get(i), "stage " + i / 20);
        }
      }
    }
  }

  @Test
  void nobodyWaitsForAWorkerThatHoldsNoPiece() {
    var walked = new CountDownLatch(1);
    try (var team = new WorkerTeam(2)) {
      team.run(worker -> {
        if (worker == 1) {
          awaitThat(walked);
        }
        for (int stage = 0; stage < 10; stage++) {
          while (team.claim(stage, 3) >= 0) {
            team.finish(stage, 3);
          }
          assertTrue(team.await(worker, stage));
        }
        walked.countDown();
      });
    }
  }

  @Test
  void aFailureEndsTheJobAndTheTeamLivesOn() {
    try (var team = new WorkerTeam(3)) {
      for (int round = 0; round < 100; round++) {
        int bad = round % 5;
        var failure =
            assertThrows(
                IllegalArgumentException.class,
                () ->
                    team.run(worker -> {
                      for (int stage = 0; stage < 10; stage++) {
                        for (int p = team.claim(stage, 5); p >= 0; p = team.claim(stage, 5)) {
                          if (stage == 3 && p == bad) {
                            throw new IllegalArgumentException("piece " + p);
                          }
                          team.finish(stage, 5);
                        }
                        if (!team.await(worker, stage)) {
                          return;
                        }
                      }
                    }));
        assertEquals("piece " + bad, failure.getMessage());
      }
      var workers = new AtomicInteger();
      team.run(worker -> workers.incrementAndGet());
      assertEquals(3, workers.get());
    }
  }

  private static void awaitThat(CountDownLatch latch) {
    try {
      assertTrue(latch.await(60, TimeUnit.SECONDS), "the other worker waits for this one");
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
