package dev.gatun.openvinobackend;

import dev.gatun.openvinobackend.lower.LoweringOptions;
import dev.gatun.openvinobackend.lower.StateMode;
import dev.gatun.runtime.spi.CompileOptions;
import dev.gatun.runtime.spi.DeviceInfo;
import dev.gatun.runtime.spi.ProbeContext;
import dev.gatun.runtime.spi.Tunable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What can be set about this backend; each setting is checked when the backend is probed. */
final class OpenVinoSettings {
  /** Path of the C library, instead of looking for one. */
  static final String LIBRARY = "gatun.openvino.library";

  /**
   * A device string of OpenVINO's, instead of each device: {@code AUTO}, {@code HETERO:NPU,CPU}.
   */
  static final String DEVICE = "gatun.openvino.device";

  /** What to compile for: {@code latency} or {@code throughput}. */
  static final String HINT = "gatun.openvino.hint";

  /** Arithmetic: {@code f32}, {@code bf16}, {@code f16}, or {@code device} for its own choice. */
  static final String PRECISION = "gatun.openvino.precision";

  /** Activations in products with compressed weights: {@code f32}, or {@code int8}. */
  static final String ACTIVATIONS = "gatun.openvino.activations";

  /** Where sequences are kept: {@code request} or {@code tensors}. */
  static final String STATE = "gatun.openvino.state";

  /** What computes the tokens that a sequence begins with: {@code apart} or {@code together}. */
  static final String BLOCKS = "gatun.openvino.blocks";

  /**
   * Minima of block formats in products: {@code kept}, or {@code whole}, as whole zero points
   * alone.
   */
  static final String MINIMA = "gatun.openvino.minima";

  /** Whether compiled models are kept on disk: {@code on} or {@code off}. */
  static final String CACHE = "gatun.openvino.cache";

  /** Shapes of what is compiled: {@code dynamic}, or {@code static}: once for each size. */
  static final String SHAPES = "gatun.openvino.shapes";

  /**
   * What is compiled of a graph that an ONNX file stands for: the {@code file}, or the {@code
   * graph}.
   */
  static final String SOURCE = "gatun.openvino.source";

  private static final List<String> ALL =
      List.of(
          HINT + "=latency,throughput",
          PRECISION + "=f32,bf16,f16,device",
          ACTIVATIONS + "=f32,int8",
          MINIMA + "=kept,whole",
          STATE + "=request,tensors",
          BLOCKS + "=apart,together",
          CACHE + "=on,off",
          SHAPES + "=dynamic,static",
          SOURCE + "=file,graph");

  private final ProbeContext context;

  OpenVinoSettings(ProbeContext context) {
    this.context = context;
  }

  /** What is wrong with the settings; empty for nothing. */
  Optional<String> problem() {
    for (String each : ALL) {
      String name = each.substring(0, each.indexOf('='));
      List<String> values = Arrays.asList(each.substring(name.length() + 1).split(",", -1));
      Optional<String> value = context.property(name);
      if (value.isPresent() && !values.contains(value.get())) {
        return Optional.of("%s is %s, not one of %s".formatted(name, value.get(), values));
      }
    }
    return Optional.empty();
  }

  Optional<String> device() {
    return context.property(DEVICE);
  }

  String hint() {
    return context.property(HINT).orElse("latency").equals("latency") ? "LATENCY" : "THROUGHPUT";
  }

  String precision() {
    return context.property(PRECISION).orElse("f32");
  }

  boolean isStatic() {
    return context.property(SHAPES).orElse("dynamic").equals("static");
  }

  /** Whether ONNX files are read by OpenVINO where that is the same. */
  boolean readsFiles() {
    return context.property(SOURCE).orElse("file").equals("file");
  }

  /** Whether compiled models are cached; the standard depends on the device. */
  boolean cache(boolean standard) {
    return context.property(CACHE).map("on"::equals).orElse(standard);
  }

  /** Whether activations are rounded to 8 bits. */
  boolean roundsActivations(CompileOptions options) {
    return choice(options, ACTIVATIONS, STANDARD_ACTIVATIONS).equals("int8");
  }

  /** How products read weights whose format has minima, where activations are rounded or not. */
  LoweringOptions.Minima minima(boolean rounded) {
    if (context.property(MINIMA).orElse("kept").equals("whole")) {
      return LoweringOptions.Minima.WHOLE;
    }
    return rounded ? LoweringOptions.Minima.JOINED : LoweringOptions.Minima.APART;
  }

  StateMode stateMode(CompileOptions options) {
    return choice(options, STATE, StateMode.REQUEST.id()).equals(StateMode.REQUEST.id())
        ? StateMode.REQUEST
        : StateMode.TENSORS;
  }

  /** Whether a model of its own computes blocks; it is tried on processors alone. */
  boolean blocksApart(DeviceInfo.Kind kind) {
    return context.property(BLOCKS).map("apart"::equals).orElse(kind == DeviceInfo.Kind.CPU);
  }

  private static final String STANDARD_ACTIVATIONS = "int8";

  private String choice(CompileOptions options, String setting, String standard) {
    return context
        .property(setting)
        .or(() -> Optional.ofNullable(options.choices().get(shortName(setting))))
        .orElse(standard);
  }

  private static String shortName(String setting) {
    return setting.substring(setting.lastIndexOf('.') + 1);
  }

  /** What {@code gatun tune} may try for a graph with compressed weights. */
  List<Tunable> tunables(boolean compressed) {
    List<Tunable> open = new ArrayList<>();
    if (compressed && context.property(ACTIVATIONS).isEmpty()) {
      open.add(
          new Tunable(
              shortName(ACTIVATIONS),
              "activations in products with compressed weights: rounded to 8 bits, or as they are",
              List.of("int8", "f32"),
              STANDARD_ACTIVATIONS,
              Optional.of("f32")));
    }
    return open;
  }
}
