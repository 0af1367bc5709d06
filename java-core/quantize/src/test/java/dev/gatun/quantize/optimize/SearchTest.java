package dev.gatun.quantize.optimize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.quantize.mix.FileType;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Searches visit what they promise. */
class SearchTest {
  private static final GgufSpace SPACE =
      GgufSpace.ofTypes(List.of(FileType.Q8_0, FileType.Q4_0, FileType.Q4_K_M), false)
          .with(Workflow.Mix.USUAL);

  /** A made-up cost: one recipe is best, and each wrong choice costs something. */
  private static Measurement cost(GgufRecipe recipe) {
    double cost = recipe.type() == FileType.Q4_K_M ? 0 : 3;
    cost += recipe.raised().containsKey("ffn_down") ? 0 : 2;
    cost += recipe.raised().size();
    return new Measurement(1, 0, 1, cost, "none");
  }

  private static double best(Search<GgufRecipe> search) {
    double best = Double.POSITIVE_INFINITY;
    Set<GgufRecipe> tried = new HashSet<>();
    for (var next = search.next(); next.isPresent(); next = search.next()) {
      assertTrue(tried.add(next.get()), "never the same twice");
      Measurement measured = cost(next.get());
      search.learn(measured);
      best = Math.min(best, measured.seconds());
    }
    return best;
  }

  @Test
  void exhaustiveTriesAll() {
    var search = new Search.Exhaustive<>(SPACE);
    int count = 0;
    while (search.next().isPresent()) {
      count++;
    }
    assertEquals(3 * 4 * 4 * 4 * 4, count);
    assertEquals(1, best(new Search.Exhaustive<>(SPACE)));
  }

  @Test
  void tpeFindsTheBestOfManyInFewTrials() {
    Objective goal = Objective.parse("latency");
    int found = 0;
    for (long seed = 0; seed < 10; seed++) {
      if (best(new Search.Tpe<>(SPACE, goal, 60, seed)) == 1) {
        found++;
      }
    }
    // Of 768 recipes 3 are best: 60 random ones would meet one of them in a fifth of all cases.
    assertTrue(found >= 8, found + " of 10");
  }

  @Test
  void tpeStopsWhenASpaceIsExhausted() {
    GgufSpace small = GgufSpace.ofTypes(List.of(FileType.Q8_0, FileType.Q4_0), false);
    assertEquals(5, best(new Search.Tpe<>(small, Objective.parse("latency"), 50, 1)));
  }
}
