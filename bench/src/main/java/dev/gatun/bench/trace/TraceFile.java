package dev.gatun.bench.trace;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gatun.runtime.plan.NodeEvent;
import dev.gatun.runtime.plan.NodeProfile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A trace in the Trace Event Format, which Perfetto and chrome://tracing open: a process per
 * device, a thread per worker, times in microseconds from the first submission.
 */
public final class TraceFile {
  private static final int CALLER = 1;

  private final Trace trace;
  private final List<Map<String, Object>> entries = new ArrayList<>();
  private final List<String> devices;

  private TraceFile(Trace trace) {
    this.trace = trace;
    devices =
        Stream.concat(
                trace.events().stream().map(NodeEvent::device),
                trace.nodes().stream().map(NodeProfile::device))
            .distinct()
            .toList();
  }

  /** The document. */
  public static String of(Trace trace) {
    return new TraceFile(trace).write();
  }

  private String write() {
    name("process_name", CALLER, 0, "gatun");
    name("thread_name", CALLER, 0, "submissions");
    long origin = trace.submissions().getFirst().start();
    for (Trace.Submission each : trace.submissions()) {
      add(
          each.name(),
          "submission",
          each.start() - origin,
          each.nanoseconds(),
          CALLER,
          0,
          Map.of());
    }
    for (String device : devices) {
      name("process_name", process(device), 0, device);
    }
    trace.events().stream()
        .map(event -> Map.entry(event.device(), event.worker()))
        .distinct()
        .forEach(track ->
            name(
                "thread_name",
                process(track.getKey()),
                track.getValue(),
                "worker " + track.getValue()));
    for (NodeEvent event : trace.events()) {
      add(
          event.op(),
          "node",
          event.start() - origin,
          event.nanoseconds(),
          process(event.device()),
          event.worker(),
          Map.of("node", event.node(), "unit", event.unit()));
    }
    durations();
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("displayTimeUnit", "ms");
    document.put("traceEvents", entries);
    try {
      return new ObjectMapper().writeValueAsString(document);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot write the trace", e);
    }
  }

  /** Of devices that tell durations only: end to end, which their tracks say. */
  private void durations() {
    for (String device : devices) {
      boolean timed = trace.events().stream().anyMatch(event -> event.device().equals(device));
      if (timed) {
        continue;
      }
      name("thread_name", process(device), 0, "durations only, laid end to end");
      long at = 0;
      for (NodeProfile node : trace.nodes()) {
        if (node.device().equals(device)) {
          Map<String, Object> facts =
              Map.of("node", node.node(), "unit", node.unit(), "runs", node.runs());
          add(node.op(), "node", at, node.nanoseconds(), process(device), 0, facts);
          at += node.nanoseconds();
        }
      }
    }
  }

  private int process(String device) {
    return CALLER + 1 + devices.indexOf(device);
  }

  private void name(String what, int process, int thread, String name) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("name", what);
    entry.put("ph", "M");
    entry.put("pid", process);
    entry.put("tid", thread);
    entry.put("args", Map.of("name", name));
    entries.add(entry);
  }

  private void add(
      String name,
      String category,
      long start,
      long nanoseconds,
      int process,
      int thread,
      Map<String, Object> facts) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("name", name.isEmpty() ? "(other)" : name);
    entry.put("cat", category);
    entry.put("ph", "X");
    entry.put("ts", start / 1e3);
    entry.put("dur", nanoseconds / 1e3);
    entry.put("pid", process);
    entry.put("tid", thread);
    entry.put("args", facts);
    entries.add(entry);
  }
}
