package dev.gatun.cpuengine.team;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.IntConsumer;
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
          boolean opened = false;
          for (int stage = 0; stage < STAGES; stage++) {
            int at = stage;
            opened =
                walk(
                    team,
                    stage,
                    pieces[stage],
                    opened,
                    p -> {
                      if (at > 0 && done.get(at - 1) != pieces[at - 1]) {
                        early.incrementAndGet();
                      }
                      runs.incrementAndGet(at * 20 + p);
                      done.incrementAndGet(at);
                    });
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
        boolean opened = false;
        for (int stage = 0; stage < 10; stage++) {
          opened = walk(team, stage, 3, opened, p -> {});
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
                      boolean opened = false;
                      for (int stage = 0; stage < 10; stage++) {
                        boolean third = stage == 3;
                        opened =
                            walk(
                                team,
                                stage,
                                5,
                                opened,
                                p -> {
                                  if (third && p == bad) {
                                    throw new IllegalArgumentException("piece " + p);
                                  }
                                });
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

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5})
  void sharedJobsAreDoneAndLeftWhenTheyReturn(int threads) {
    try (var team = new WorkerTeam(threads)) {
      var inside = new AtomicInteger();
      var done = new AtomicInteger();
      for (int round = 1; round <= 5_000; round++) {
        team.share(worker -> {
          inside.incrementAndGet();
          boolean opened = false;
          for (int stage = 0; stage < 4; stage++) {
            opened = walk(team, stage, 1 + stage % 2, opened, p -> done.incrementAndGet());
            assertTrue(team.await(worker, stage));
          }
          inside.decrementAndGet();
        });
        assertEquals(0, inside.get(), "workers still inside");
        assertEquals(6 * round, done.get());
      }
      var workers = new AtomicInteger();
      team.run(worker -> workers.incrementAndGet());
      assertEquals(threads, workers.get());
    }
  }

  /**
   * One worker's part of a stage.
   *
   * @param opened whether it has opened the stage
   * @return whether it has opened the next
   */
  private static boolean walk(
      WorkerTeam team, int stage, int pieces, boolean opened, IntConsumer work) {
    int piece = opened ? 0 : team.claim(stage, pieces);
    while (piece >= 0) {
      work.accept(piece);
      if (team.finish(stage, pieces)) {
        return true;
      }
      piece = team.claim(stage, pieces);
    }
    return false;
  }

  private static void awaitThat(CountDownLatch latch) {
    try {
      assertTrue(latch.await(60, TimeUnit.SECONDS), "the other worker waits for this one");
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
