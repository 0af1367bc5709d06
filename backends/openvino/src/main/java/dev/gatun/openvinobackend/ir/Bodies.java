package dev.gatun.openvinobackend.ir;

import java.util.ArrayList;
import java.util.List;

/** Layers with bodies: If and Loop, and how values go in and out. */
public final class Bodies {
  private static final String SLICES =
      " axis=\"0\" start=\"0\" end=\"-1\" stride=\"1\" part_size=\"1\"";

  private Bodies() {}

  /**
   * A body whose layers are written.
   *
   * @param parameters what it takes
   * @param results what it gives
   */
  public record Body(IrBuilder ir, List<Output> parameters, List<Output> results) {
    public Body {
      parameters = List.copyOf(parameters);
      results = List.copyOf(results);
    }

    private List<Integer> end() {
      return results.stream().map(ir::bodyResult).toList();
    }
  }

  /**
   * One of two bodies, which give the same types.
   *
   * @param inputs what the first takes
   * @param others what the second takes
   */
  public static List<Output> branch(
      IrBuilder ir,
      Output condition,
      Body then,
      List<Output> inputs,
      Body other,
      List<Output> others) {
    int results = 1 + inputs.size() + others.size();
    StringBuilder text = new StringBuilder();
    append(text, "then", then, 1, results);
    append(text, "else", other, 1 + inputs.size(), results);
    List<Output> all = new ArrayList<>(List.of(condition));
    all.addAll(inputs);
    all.addAll(others);
    List<String> types = then.results().stream().map(Output::type).toList();
    return ir.layers(types, "If", "opset8", "", text.toString(), all.toArray(new Output[0]));
  }

  private static void append(
      StringBuilder text, String name, Body body, int firstInput, int firstResult) {
    List<Integer> results = body.end();
    text.append('<').append(name).append("_port_map>");
    for (int i = 0; i < body.parameters().size(); i++) {
      input(text, firstInput + i, body.parameters().get(i).layer(), "");
    }
    for (int i = 0; i < results.size(); i++) {
      output(text, firstResult + i, results.get(i), "");
    }
    text.append("</").append(name).append("_port_map><").append(name).append("_body>\n");
    text.append(body.ir().content()).append("</").append(name).append("_body>");
  }

  /**
   * What a loop takes and gives beside its trip count and condition. The body takes the number of
   * the iteration, then {@code carried}, {@code sliced} (a part of extent 1 along the first axis
   * each time), {@code fixed}; it gives whether to go on, then {@code carried}, then parts of
   * extent 1 that are put one after the other.
   */
  public record Loop(List<Output> carried, List<Output> sliced, List<Output> fixed) {
    public Loop {
      carried = List.copyOf(carried);
      sliced = List.copyOf(sliced);
      fixed = List.copyOf(fixed);
    }
  }

  /** Runs a body again and again: the carried values at the end, then the parts. */
  public static List<Output> loop(
      IrBuilder ir, Output trips, Output condition, Loop loop, Body body) {
    List<Integer> results = body.end();
    List<Output> all = new ArrayList<>(List.of(trips, condition));
    StringBuilder text = new StringBuilder("<port_map>");
    input(text, -1, body.parameters().getFirst().layer(), " purpose=\"current_iteration\"");
    output(text, -1, results.getFirst(), " purpose=\"execution_condition\"");
    int place = 1;
    for (Output each : loop.carried()) {
      input(text, all.size(), body.parameters().get(place++).layer(), "");
      all.add(each);
    }
    for (Output each : loop.sliced()) {
      input(text, all.size(), body.parameters().get(place++).layer(), SLICES);
      all.add(each);
    }
    for (Output each : loop.fixed()) {
      input(text, all.size(), body.parameters().get(place++).layer(), "");
      all.add(each);
    }
    StringBuilder back = new StringBuilder();
    List<String> types = new ArrayList<>();
    for (int i = 1; i < results.size(); i++) {
      boolean carried = i <= loop.carried().size();
      output(text, all.size() + i - 1, results.get(i), carried ? "" : SLICES);
      types.add(body.results().get(i).type());
      if (carried) {
        back.append("<edge from-layer=\"").append(results.get(i)).append("\" to-layer=\"");
        back.append(body.parameters().get(i).layer()).append("\"/>");
      }
    }
    text.append("</port_map><back_edges>").append(back).append("</back_edges><body>\n");
    text.append(body.ir().content()).append("</body>");
    return ir.layers(types, "Loop", "opset5", "", text.toString(), all.toArray(new Output[0]));
  }

  private static void input(StringBuilder text, int port, int layer, String more) {
    map(text, "input", port, layer, more);
  }

  private static void output(StringBuilder text, int port, int layer, String more) {
    map(text, "output", port, layer, more);
  }

  private static void map(StringBuilder text, String kind, int port, int layer, String more) {
    text.append('<').append(kind).append(" external_port_id=\"").append(port);
    text.append("\" internal_layer_id=\"").append(layer).append('"').append(more).append("/>");
  }
}
