package dev.gatun.qnn;

import dev.gatun.ffi.Pointers;
import dev.gatun.qnn.generated.core.QnnGraph_AddNodeFn_t;
import dev.gatun.qnn.generated.core.QnnGraph_ExecuteFn_t;
import dev.gatun.qnn.generated.core.QnnGraph_FinalizeFn_t;
import dev.gatun.qnn.generated.core.QnnTable;
import dev.gatun.qnn.generated.core.QnnTensor_CreateGraphTensorFn_t;
import dev.gatun.qnn.generated.core.Qnn_ClientBuffer_t;
import dev.gatun.qnn.generated.core.Qnn_OpConfigV1_t;
import dev.gatun.qnn.generated.core.Qnn_OpConfig_t;
import dev.gatun.qnn.generated.core.Qnn_QuantizeParams_t;
import dev.gatun.qnn.generated.core.Qnn_ScaleOffset_t;
import dev.gatun.qnn.generated.core.Qnn_TensorV1_t;
import dev.gatun.qnn.generated.core.Qnn_Tensor_t;
import dev.gatun.qnn.generated.core.core_h;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A graph: tensors and nodes, then finished, then executed. One thread at a time. */
public final class QnnGraph {
  /** Operators of Qualcomm's own package. */
  private static final String PACKAGE = "qti.aisw";

  private static final int VERSION_1 = 1;

  private final QnnContext context;
  private final MemorySegment table;
  private final MemorySegment graph;

  QnnGraph(QnnContext context, MemorySegment graph) {
    this.context = context;
    this.graph = graph;
    table = context.qnn().table();
  }

  /** Who writes and reads a tensor. */
  public enum Role {
    INPUT,
    OUTPUT,
    BETWEEN_NODES;

    private int type() {
      return switch (this) {
        case INPUT -> core_h.QNN_TENSOR_TYPE_APP_WRITE();
        case OUTPUT -> core_h.QNN_TENSOR_TYPE_APP_READ();
        case BETWEEN_NODES -> core_h.QNN_TENSOR_TYPE_NATIVE();
      };
    }
  }

  /** Elements of a tensor. */
  public enum Elements {
    F32(4),
    F16(2),
    I32(4),
    /** Codes of 8 bits with a scale and an offset. */
    U8(1),
    /** Codes of 16 bits with a scale and an offset. */
    U16(2);

    private final int bytes;

    Elements(int bytes) {
      this.bytes = bytes;
    }

    private int type() {
      return switch (this) {
        case F32 -> core_h.QNN_DATATYPE_FLOAT_32();
        case F16 -> core_h.QNN_DATATYPE_FLOAT_16();
        case I32 -> core_h.QNN_DATATYPE_INT_32();
        case U8 -> core_h.QNN_DATATYPE_UFIXED_POINT_8();
        case U16 -> core_h.QNN_DATATYPE_UFIXED_POINT_16();
      };
    }
  }

  /**
   * What codes stand for: {@code (code + offset) * scale}.
   *
   * @param offset zero or less
   */
  public record Quantization(float scale, int offset) {}

  /** Adds a tensor. */
  public QnnTensor tensor(
      String name, Role role, Elements elements, Optional<Quantization> quantization, int... dims) {
    Arena arena = context.arena();
    MemorySegment tensor = Qnn_Tensor_t.allocate(arena);
    Qnn_Tensor_t.version(tensor, VERSION_1);
    MemorySegment v1 = Qnn_Tensor_t.v1(tensor);
    Qnn_TensorV1_t.name(v1, Pointers.text(name, arena));
    Qnn_TensorV1_t.type(v1, role.type());
    Qnn_TensorV1_t.dataType(v1, elements.type());
    quantize(Qnn_TensorV1_t.quantizeParams(v1), quantization);
    Qnn_TensorV1_t.rank(v1, dims.length);
    Qnn_TensorV1_t.dimensions(v1, arena.allocateFrom(ValueLayout.JAVA_INT, dims));
    QnnStatus.check(
        "QnnTensor_createGraphTensor " + name,
        QnnTensor_CreateGraphTensorFn_t.invoke(
            QnnTable.tensorCreateGraphTensor(table), graph, tensor));
    long bytes = elements.bytes;
    for (int dim : dims) {
      bytes = Math.multiplyExact(bytes, (long) dim);
    }
    return new QnnTensor(name, tensor, bytes);
  }

  private static void quantize(MemorySegment params, Optional<Quantization> quantization) {
    Qnn_QuantizeParams_t.encodingDefinition(
        params, quantization.isPresent() ? 1 : core_h.QNN_DEFINITION_UNDEFINED());
    Qnn_QuantizeParams_t.quantizationEncoding(
        params,
        quantization.isPresent()
            ? core_h.QNN_QUANTIZATION_ENCODING_SCALE_OFFSET()
            : core_h.QNN_QUANTIZATION_ENCODING_UNDEFINED());
    if (quantization.isPresent()) {
      MemorySegment encoding = Qnn_QuantizeParams_t.scaleOffsetEncoding(params);
      Qnn_ScaleOffset_t.scale(encoding, quantization.get().scale());
      Qnn_ScaleOffset_t.offset(encoding, quantization.get().offset());
    }
  }

  /**
   * Adds a node without parameters.
   *
   * @param type an operator of Qualcomm's package: {@code ElementWiseAdd}
   */
  public void node(String name, String type, List<QnnTensor> inputs, List<QnnTensor> outputs) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment config = Qnn_OpConfig_t.allocate(arena);
      Qnn_OpConfig_t.version(config, VERSION_1);
      MemorySegment v1 = Qnn_OpConfig_t.v1(config);
      Qnn_OpConfigV1_t.name(v1, Pointers.text(name, arena));
      Qnn_OpConfigV1_t.packageName(v1, Pointers.text(PACKAGE, arena));
      Qnn_OpConfigV1_t.typeName(v1, Pointers.text(type, arena));
      Qnn_OpConfigV1_t.numOfInputs(v1, inputs.size());
      Qnn_OpConfigV1_t.inputTensors(v1, array(inputs, arena));
      Qnn_OpConfigV1_t.numOfOutputs(v1, outputs.size());
      Qnn_OpConfigV1_t.outputTensors(v1, array(outputs, arena));
      QnnStatus.check(
          "QnnGraph_addNode " + name,
          QnnGraph_AddNodeFn_t.invoke(QnnTable.graphAddNode(table), graph, config));
    }
  }

  private static MemorySegment array(List<QnnTensor> tensors, Arena arena) {
    MemorySegment array = Qnn_Tensor_t.allocateArray(Math.max(1, tensors.size()), arena);
    for (int i = 0; i < tensors.size(); i++) {
      Qnn_Tensor_t.asSlice(array, i).copyFrom(tensors.get(i).segment());
    }
    return array;
  }

  /** Compiles the graph; nothing can be added afterwards. */
  public void finish() {
    QnnStatus.check(
        "QnnGraph_finalize",
        QnnGraph_FinalizeFn_t.invoke(
            QnnTable.graphFinalize(table), graph, MemorySegment.NULL, MemorySegment.NULL));
  }

  /**
   * Runs the finished graph.
   *
   * @param inputs native memory of each input, read
   * @param outputs native memory of each output, written
   */
  public void execute(Map<QnnTensor, MemorySegment> inputs, Map<QnnTensor, MemorySegment> outputs) {
    try (Arena arena = Arena.ofConfined()) {
      QnnStatus.check(
          "QnnGraph_execute",
          QnnGraph_ExecuteFn_t.invoke(
              QnnTable.graphExecute(table),
              graph,
              bound(inputs, arena),
              inputs.size(),
              bound(outputs, arena),
              outputs.size(),
              MemorySegment.NULL,
              MemorySegment.NULL));
    }
  }

  private static MemorySegment bound(Map<QnnTensor, MemorySegment> memory, Arena arena) {
    MemorySegment array = Qnn_Tensor_t.allocateArray(Math.max(1, memory.size()), arena);
    int i = 0;
    for (Map.Entry<QnnTensor, MemorySegment> entry : memory.entrySet()) {
      MemorySegment bytes = entry.getValue();
      if (!bytes.isNative() || bytes.byteSize() != entry.getKey().bytes()) {
        throw new IllegalArgumentException(
            "%s has %d bytes, given are %d%s"
                .formatted(
                    entry.getKey().name(),
                    entry.getKey().bytes(),
                    bytes.byteSize(),
                    bytes.isNative() ? "" : " on the heap"));
      }
      MemorySegment slot = Qnn_Tensor_t.asSlice(array, i++);
      slot.copyFrom(entry.getKey().segment());
      MemorySegment buffer = Qnn_TensorV1_t.clientBuf(Qnn_Tensor_t.v1(slot));
      Qnn_ClientBuffer_t.data(buffer, bytes);
      Qnn_ClientBuffer_t.dataSize(buffer, Math.toIntExact(bytes.byteSize()));
    }
    return array;
  }
}
