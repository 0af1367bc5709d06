package dev.gatun.bench.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gatun.runtime.plan.NodeEvent;
import dev.gatun.runtime.plan.NodeProfile;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class TraceTest {
  private static NodeProfile node(String name, String device, long runs, long nanoseconds) {
    return new NodeProfile(name, "MatMul", device, "unit", runs, nanoseconds, 10, 20);
  }

  @Test
  void aNodeOfSeveralStepsIsOneLineOfTheDifference() {
    List<NodeProfile> before = List.of(node("a", "cpu", 3, 30), node("a", "cpu", 3, 60));
    List<NodeProfile> after =
        List.of(node("a", "cpu", 4, 40), node("a", "cpu", 4, 80), node("b", "cpu", 1, 7));
    List<NodeProfile> difference = Trace.since(before, after);
    assertEquals(2, difference.size());
    assertEquals(30, difference.getFirst().nanoseconds());
    assertEquals(7, difference.getLast().nanoseconds());
  }

  @Test
  void aRecordOfManyRunsComesToThatOfOne() {
    List<NodeProfile> profile = List.of(node("a", "cpu", 12, 360), node("b", "cpu", 24, 12));
    List<NodeProfile> mean = Trace.mean(profile, 12);
    assertEquals(List.of(30L, 1L), mean.stream().map(NodeProfile::nanoseconds).toList());
    assertEquals(List.of(1L, 2L), mean.stream().map(NodeProfile::runs).toList());
    assertEquals(10.0 / 12, mean.getFirst().flops());
  }

  @Test
  void eachWorkerHasATrackAndDurationsAloneAreLaidEndToEnd() throws IOException {
    long origin = 5_000_000;
    Trace trace =
        new Trace(
            List.of(new Trace.Submission("run", origin, 9_000)),
            List.of(
                new NodeEvent("n", "MatMul", "cpu:x", "u", 0, origin + 1_000, 2_000),
                new NodeEvent("n", "MatMul", "cpu:x", "u", 1, origin + 2_000, 3_000)),
            List.of(
                node("n", "cpu:x", 1, 5_000),
                node("p", "npu:0", 1, 4_000),
                node("q", "npu:0", 1, 1_000)),
            false);
    JsonNode events = new ObjectMapper().readTree(TraceFile.of(trace)).path("traceEvents");
    List<String> tracks =
        events
            .valueStream()
            .filter(each -> each.path("name").asText().equals("thread_name"))
            .map(each -> each.path("args").path("name").asText())
            .toList();
    assertEquals(
        List.of("submissions", "worker 0", "worker 1", "durations only, laid end to end"), tracks);
    List<JsonNode> work =
        events.valueStream().filter(each -> each.path("cat").asText().equals("node")).toList();
    assertEquals(4, work.size());
    assertEquals(2.0, work.get(1).path("ts").asDouble());
    assertEquals(3.0, work.get(1).path("dur").asDouble());
    assertEquals(4.0, work.get(3).path("ts").asDouble());
    assertEquals(9_000, trace.nanoseconds());
    assertTrue(work.get(3).path("pid").asInt() > work.get(0).path("pid").asInt());
  }
}
