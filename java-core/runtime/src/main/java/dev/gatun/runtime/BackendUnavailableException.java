package dev.gatun.runtime;

import dev.gatun.runtime.spi.Assessment.Refusal;
import dev.gatun.tensor.GatunException;
import java.util.List;
import java.util.Objects;

/**
 * The backend that the policy requires cannot run this graph here, or no backend can. The message
 * holds the reason, the first refused nodes, and the remedy.
 */
public final class BackendUnavailableException extends GatunException {
  private static final long serialVersionUID = 1L;
  private static final int SHOWN = 5;

  private final String id;
  private final String reason;
  private final String remedy;
  private final transient List<Refusal> refusals;

  /**
   * @param id backend or device id; empty when the policy required none
   * @param refusals nodes that it does not take; empty when it is not there at all
   */
  public BackendUnavailableException(
      String id, String reason, String remedy, List<Refusal> refusals) {
    super(Kind.BACKEND_UNAVAILABLE, message(id, reason, remedy, refusals));
    this.id = Objects.requireNonNull(id);
    this.reason = reason;
    this.remedy = remedy;
    this.refusals = List.copyOf(refusals);
  }

  /** The backend or device that was asked for; empty when none was. */
  public String id() {
    return id;
  }

  public String reason() {
    return reason;
  }

  /** What the user can do; may be empty. */
  public String remedy() {
    return remedy;
  }

  /** Nodes that were refused, each with its reason. */
  public List<Refusal> refusals() {
    return refusals == null ? List.of() : refusals;
  }

  private static String message(String id, String reason, String remedy, List<Refusal> refusals) {
    var text = new StringBuilder();
    if (!id.isEmpty()) {
      text.append("backend '").append(id).append("' is unavailable: ");
    }
    text.append(reason);
    refusals.stream()
        .limit(SHOWN)
        .forEach(refusal -> text.append("\n  ").append(describe(refusal)));
    if (refusals.size() > SHOWN) {
      text.append("\n  … and ").append(refusals.size() - SHOWN).append(" more nodes");
    }
    if (!remedy.isEmpty()) {
      text.append("\n").append(remedy);
    }
    return text.toString();
  }

  private static String describe(Refusal refusal) {
    String line =
        refusal.node().name() + " (" + refusal.node().op().type() + "): " + refusal.reason();
    return refusal.remedy().isEmpty() ? line : line + "; " + refusal.remedy();
  }
}
