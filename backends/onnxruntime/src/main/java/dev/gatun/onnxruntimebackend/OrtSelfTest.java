package dev.gatun.onnxruntimebackend;

import dev.gatun.ffi.LibrarySearch;
import dev.gatun.ffi.NativeCallException;
import dev.gatun.formats.onnx.lower.ExportOptions;
import dev.gatun.formats.onnx.lower.OnnxExport;
import dev.gatun.graph.Dim;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.Value;
import dev.gatun.onnxruntime.OrtBinding;
import dev.gatun.onnxruntime.OrtEnvironment;
import dev.gatun.onnxruntime.OrtOptions;
import dev.gatun.onnxruntime.OrtRunOptions;
import dev.gatun.onnxruntime.OrtSession;
import dev.gatun.onnxruntime.OrtTensor;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.Finding;
import dev.gatun.runtime.spi.Finding.Stage;
import dev.gatun.runtime.spi.ProbeContext;
import dev.gatun.runtime.spi.SelfTest;
import dev.gatun.tensor.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;

/** Loads the library, opens a session and computes one sum. */
final class OrtSelfTest implements SelfTest {
  @Override
  public Finding present(ProbeContext context) {
    LibrarySearch search = RuntimeSearch.of(context);
    Optional<String> place = search.present();
    if (place.isPresent()) {
      return Finding.good(Stage.PRESENT, "found " + place.get());
    }
    List<String> problems = context.runtimes(RuntimeSearch.REQUIREMENT).problems();
    return Finding.bad(
        Stage.PRESENT,
        "no library of ONNX Runtime: looked for "
            + String.join("; ", search.tried())
            + (problems.isEmpty() ? "" : "; unusable: " + String.join("; ", problems)),
        RuntimeSearch.remedy());
  }

  @Override
  public String digest(ProbeContext context) {
    String plugIns;
    try {
      plugIns = String.join("\n", PlugIn.of(context).stream().map(PlugIn::stamp).toList());
    } catch (BackendException e) {
      plugIns = e.getMessage();
    }
    return RuntimeSearch.of(context).digest() + "\n" + plugIns;
  }

  @Override
  public Finding run(ProbeContext context) {
    try (Host host = Host.open(context)) {
      return sum(host.environment()) == 7
          ? Finding.good(Stage.ABLE, describe(host))
          : Finding.bad(
              Stage.ABLE,
              describe(host) + " computes a wrong sum",
              "take another copy of the library");
    } catch (NativeCallException e) {
      return Finding.bad(Stage.ABLE, e.getMessage(), RuntimeSearch.remedy(), e);
    } catch (BackendException e) {
      return Finding.bad(Stage.ABLE, e.getMessage(), RuntimeSearch.remedy(), e);
    }
  }

  private static String describe(Host host) {
    return "one sum, computed by ONNX Runtime %s, %s"
        .formatted(host.runtime().version(), host.runtime().library().place());
  }

  private static float sum(OrtEnvironment environment) {
    var builder = new GraphBuilder("sum");
    Value a = builder.input("a", DType.F32, Dim.of(1));
    builder.output(builder.add("sum", a, builder.input("b", DType.F32, Dim.of(1))));
    var graph = builder.build();
    try (Arena arena = Arena.ofConfined();
        OrtOptions options = environment.options().threads(1);
        OrtSession session =
            environment.session(
                OnnxExport.lower(graph, ExportOptions.DEFAULT).bytes(arena), options);
        OrtRunOptions runOptions = environment.runOptions();
        OrtBinding binding = session.newBinding(runOptions)) {
      MemorySegment data = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 3, 4, 0);
      long[] one = {1};
      try (OrtTensor left = environment.tensor(DType.F32, one, data);
          OrtTensor right = environment.tensor(DType.F32, one, data.asSlice(4));
          OrtTensor result = environment.tensor(DType.F32, one, data.asSlice(8))) {
        binding.input("a", left);
        binding.input("b", right);
        binding.output(graph.outputs().getFirst().name(), result);
        binding.run();
        return data.getAtIndex(ValueLayout.JAVA_FLOAT, 2);
      }
    }
  }
}
