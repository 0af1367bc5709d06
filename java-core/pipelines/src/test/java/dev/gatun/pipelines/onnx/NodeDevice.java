package dev.gatun.pipelines.onnx;

import dev.gatun.formats.ModelFormatException;
import dev.gatun.formats.onnx.OnnxFile;
import dev.gatun.formats.onnx.OnnxImport;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.op.ForeignOp;
import dev.gatun.graph.pass.GraphVerifier;
import dev.gatun.graph.reference.ReferenceInterpreter;
import dev.gatun.graph.reference.ReferenceStates;
import dev.gatun.runtime.BackendUnavailableException;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What node tests run on. */
interface NodeDevice {
  /**
   * Runs a model.
   *
   * @return how its outputs differ from those expected; empty when they do not
   * @throws Refusal when the model cannot be run, with the reason
   */
  Optional<String> run(NodeCase test, OnnxFile file);

  /** The model is not run. */
  final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Refusal(String reason) {
      super(reason, null, false, false);
    }
  }

  /** The imported model, when Gatun knows its operators. */
  static Graph imported(OnnxFile file) {
    try {
      Graph graph = GraphVerifier.verify(OnnxImport.graph(file));
      for (Node node : graph.nodes()) {
        if (node.op() instanceof ForeignOp op) {
          throw new Refusal(op.type() + " is not known");
        }
      }
      return graph;
    } catch (ModelFormatException e) {
      throw new Refusal(e.getMessage());
    }
  }

  /** The reference interpreter; results are rounded to the dtypes that they are said to have. */
  static NodeDevice reference() {
    return (test, file) -> {
      Map<String, Array> inputs = new HashMap<>();
      test.inputs(file).forEach((name, tensor) -> inputs.put(name, Array.of(tensor)));
      Map<String, Array> outputs =
          new ReferenceInterpreter(imported(file), (node, result) -> Array.of(stored(result)))
              .run(inputs, new ReferenceStates(List.of()), Set.of());
      return NodeCase.difference(test.outputs(file), name -> stored(outputs.get(name)));
    };
  }

  private static Tensor stored(Array array) {
    MemorySegment data = MemorySegment.ofArray(new byte[Math.toIntExact(array.byteSize())]);
    array.store(data, 0);
    return new Tensor(array.dtype(), array.shape(), data);
  }

  /** A device of a runtime, through the classes that pipelines use. */
  static NodeDevice of(GatunRuntime runtime, String device) {
    return (test, file) -> {
      var _ = imported(file);
      try (var network =
          OnnxNetwork.load(runtime, NetworkSpec.of(test.model(), Policy.require(device)))) {
        network.run(test.inputs(file));
        return NodeCase.difference(test.outputs(file), network::output);
      } catch (BackendUnavailableException e) {
        throw new Refusal(e.getMessage());
      }
    };
  }
}
