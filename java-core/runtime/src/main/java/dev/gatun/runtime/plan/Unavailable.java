package dev.gatun.runtime.plan;

import dev.gatun.runtime.BackendUnavailableException;
import dev.gatun.runtime.plan.Plan.PassedOver;
import dev.gatun.runtime.spi.Assessment.Refusal;
import dev.gatun.runtime.spi.Finding;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** Says why a graph cannot be planned. */
final class Unavailable {
  private Unavailable() {}

  static BackendUnavailableException of(
      Candidates candidates,
      PlanRequest request,
      List<Ranked> ranked,
      List<PassedOver> passedOver,
      List<Sliceable> partly) {
    if (request.policy() instanceof Policy.Require(String id)) {
      return required(candidates, id, ranked, passedOver);
    }
    if (candidates.devices().isEmpty()) {
      return nothingAble(candidates);
    }
    List<Refusal> refusals = new ArrayList<>();
    for (Refusal refusal :
        partly.isEmpty() ? List.<Refusal>of() : partly.getFirst().assessment().refusals()) {
      boolean everywhere = partly.stream().allMatch(part -> !part.nodes().get(refusal.node().id()));
      if (everywhere) {
        refusals.add(refusal);
      }
    }
    // What is here and came furthest is what the user can do something about.
    List<PassedOver> lines =
        passedOver.stream()
            .sorted(Comparator.comparing((PassedOver line) -> line.finding().stage()).reversed())
            .toList();
    String reasons =
        lines.stream()
            .map(line -> line.id() + " " + line.finding().reason())
            .collect(Collectors.joining("; "));
    String remedy =
        lines.stream()
            .map(line -> line.finding().remedy())
            .filter(text -> !text.isEmpty())
            .findFirst()
            .orElse("");
    return new BackendUnavailableException(
        "", "no device can run this graph: " + reasons, remedy, refusals);
  }

  private static BackendUnavailableException required(
      Candidates candidates, String id, List<Ranked> ranked, List<PassedOver> passedOver) {
    for (Candidates.Unable unable : candidates.unable()) {
      if (id.equals(unable.id()) || id.startsWith(unable.id() + ":")) {
        Finding finding = unable.finding();
        return new BackendUnavailableException(id, finding.reason(), finding.remedy(), List.of());
      }
    }
    if (ranked.isEmpty()) {
      String devices =
          candidates.devices().stream()
              .map(device -> device.info().id())
              .collect(Collectors.joining(", "));
      return new BackendUnavailableException(
          id, "there is no such device; there is " + devices, "name one of these", List.of());
    }
    PassedOver line =
        passedOver.stream()
            .filter(passed -> passed.id().equals(ranked.getFirst().device().info().id()))
            .findFirst()
            .orElseThrow();
    return new BackendUnavailableException(
        id, line.id() + " " + line.finding().reason(), line.finding().remedy(), line.refusals());
  }

  private static BackendUnavailableException nothingAble(Candidates candidates) {
    List<Candidates.Unable> there =
        candidates.unable().stream().filter(Candidates.Unable::module).toList();
    List<Candidates.Unable> shown = there.isEmpty() ? candidates.unable() : there;
    String reasons =
        shown.stream()
            .map(unable -> unable.id() + ": " + unable.finding().reason())
            .collect(Collectors.joining("; "));
    String remedies =
        shown.stream()
            .map(unable -> unable.finding().remedy())
            .filter(remedy -> !remedy.isEmpty())
            .distinct()
            .collect(Collectors.joining("; "));
    return new BackendUnavailableException(
        "", "no backend can run anything here: " + reasons, remedies, List.of());
  }
}
