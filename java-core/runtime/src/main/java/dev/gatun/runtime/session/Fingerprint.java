package dev.gatun.runtime.session;

import dev.gatun.graph.Node;
import dev.gatun.graph.State;
import dev.gatun.runtime.plan.Plan;
import dev.gatun.runtime.store.Digests;
import java.security.MessageDigest;

/** Identity of a plan for saved sequences: the model, and which device holds which state. */
final class Fingerprint {
  private Fingerprint() {}

  static String of(Plan plan) {
    MessageDigest digest = Digests.sha256();
    add(digest, plan.request().modelDigest().orElse(""));
    add(digest, plan.request().graph().name());
    for (Plan.Assignment assignment : plan.slices()) {
      add(digest, assignment.device().info().id());
      for (Node node : assignment.slice().graph().nodes()) {
        add(digest, node.name());
        add(digest, node.op().type());
      }
      for (State state : assignment.slice().graph().states()) {
        add(digest, state.toString());
      }
    }
    return Digests.hex(digest.digest());
  }

  private static void add(MessageDigest digest, String text) {
    digest.update(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    digest.update((byte) 0);
  }
}
