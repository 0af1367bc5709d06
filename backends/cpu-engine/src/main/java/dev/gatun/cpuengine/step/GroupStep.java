package dev.gatun.cpuengine.step;

/** Sorts the chosen pairs of token and expert by expert; one unit. */
public record GroupStep(StepInfo info, Routing routing) implements Step {
  @Override
  public int units(Frame frame) {
    return routing.tokens().of(frame) == 0 ? 0 : 1;
  }

  @Override
  public void run(Frame frame, int from, int to, int worker) {
    int experts = routing.experts();
    int choices = routing.pairs(frame);
    for (int expert = 0; expert <= experts; expert++) {
      routing.start(frame, expert, 0);
    }
    for (int choice = 0; choice < choices; choice++) {
      int expert = routing.expert(frame, choice);
      routing.start(frame, expert, routing.start(frame, expert) + 1);
    }
    int next = 0;
    int active = 0;
    for (int expert = 0; expert < experts; expert++) {
      int count = routing.start(frame, expert);
      if (count > 0) {
        routing.active(frame, active++, expert);
      }
      routing.start(frame, expert, next);
      next += count;
    }
    routing.start(frame, experts, next);
    routing.activeCount(frame, active);
    place(frame, choices);
  }

  /** Gives each choice its pair, advancing the starts, which then move back by one expert. */
  private void place(Frame frame, int choices) {
    for (int choice = 0; choice < choices; choice++) {
      int expert = routing.expert(frame, choice);
      int pair = routing.start(frame, expert);
      routing.start(frame, expert, pair + 1);
      routing.pair(frame, choice, pair);
      routing.token(frame, pair, choice / routing.used());
      routing.expertOfPair(frame, pair, expert);
    }
    for (int expert = routing.experts() - 1; expert > 0; expert--) {
      routing.start(frame, expert, routing.start(frame, expert - 1));
    }
    routing.start(frame, 0, 0);
  }
}
