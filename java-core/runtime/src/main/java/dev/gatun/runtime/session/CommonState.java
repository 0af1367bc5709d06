package dev.gatun.runtime.session;

import dev.gatun.runtime.spi.Executable;
import dev.gatun.runtime.spi.StateCapabilities;
import dev.gatun.runtime.spi.StateCapabilities.Layout;
import java.util.List;

/** What all slices of a plan can do with sequences. */
final class CommonState {
  private CommonState() {}

  static StateCapabilities of(List<Executable> executables) {
    return executables.stream()
        .map(Executable::state)
        .filter(state -> state.layout() != Layout.NONE)
        .reduce(CommonState::meet)
        .orElse(StateCapabilities.STATELESS);
  }

  private static StateCapabilities meet(StateCapabilities a, StateCapabilities b) {
    return new StateCapabilities(
        a.layout() == b.layout() ? a.layout() : Layout.OPAQUE,
        Math.min(a.maxSequences(), b.maxSequences()),
        a.truncate() && b.truncate(),
        a.fork() && b.fork(),
        a.save() && b.save());
  }
}
