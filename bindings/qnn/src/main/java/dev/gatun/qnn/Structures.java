package dev.gatun.qnn;

import dev.gatun.ffi.Pointers;
import dev.gatun.qnn.generated.core.Qnn_AxisScaleOffset_t;
import dev.gatun.qnn.generated.core.Qnn_BwAxisScaleOffset_t;
import dev.gatun.qnn.generated.core.Qnn_ClientBuffer_t;
import dev.gatun.qnn.generated.core.Qnn_OpConfigV1_t;
import dev.gatun.qnn.generated.core.Qnn_OpConfig_t;
import dev.gatun.qnn.generated.core.Qnn_Param_t;
import dev.gatun.qnn.generated.core.Qnn_QuantizeParams_t;
import dev.gatun.qnn.generated.core.Qnn_Scalar_t;
import dev.gatun.qnn.generated.core.Qnn_ScaleOffset_t;
import dev.gatun.qnn.generated.core.Qnn_TensorV1_t;
import dev.gatun.qnn.generated.core.Qnn_Tensor_t;
import dev.gatun.qnn.generated.core.core_h;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Writes tensors and operators as QNN's structures. */
final class Structures {
  /** Operators of Qualcomm's own package. */
  private static final String PACKAGE = "qti.aisw";

  private static final int VERSION_1 = 1;

  private Structures() {}

  /** A tensor; a constant without its content. */
  static MemorySegment tensor(QnnTensor tensor, SegmentAllocator memory) {
    MemorySegment made = Qnn_Tensor_t.allocate(memory);
    int type =
        switch (tensor.role()) {
          case INPUT -> core_h.QNN_TENSOR_TYPE_APP_WRITE();
          case OUTPUT -> core_h.QNN_TENSOR_TYPE_APP_READ();
          case BETWEEN_NODES -> core_h.QNN_TENSOR_TYPE_NATIVE();
          case CONSTANT -> core_h.QNN_TENSOR_TYPE_STATIC();
        };
    fill(
        made, tensor.name(), type, tensor.elements(), tensor.quantization(), tensor.dims(), memory);
    return made;
  }

  /** A tensor; a constant with its content. */
  static MemorySegment filled(QnnTensor tensor, SegmentAllocator memory) {
    MemorySegment made = tensor(tensor, memory);
    tensor
        .content()
        .ifPresent(content -> {
          MemorySegment data = memory.allocate(tensor.bytes(), 64);
          content.write(data);
          data(made, data, tensor.bytes());
        });
    return made;
  }

  private static void fill(
      MemorySegment made,
      String name,
      int type,
      Elements elements,
      Optional<Quantization> quantization,
      List<Integer> dims,
      SegmentAllocator memory) {
    Qnn_Tensor_t.version(made, VERSION_1);
    MemorySegment v1 = Qnn_Tensor_t.v1(made);
    Qnn_TensorV1_t.name(v1, Pointers.text(name, memory));
    Qnn_TensorV1_t.type(v1, type);
    Qnn_TensorV1_t.dataType(v1, elements.type());
    quantize(Qnn_TensorV1_t.quantizeParams(v1), quantization, memory);
    Qnn_TensorV1_t.rank(v1, dims.size());
    Qnn_TensorV1_t.dimensions(v1, integers(dims, memory));
  }

  /** Gives a tensor its memory. */
  static void data(MemorySegment tensor, MemorySegment data, long bytes) {
    if (!data.isNative() || data.byteSize() != bytes) {
      throw new IllegalArgumentException(
          "a tensor of %d bytes was given %d%s"
              .formatted(bytes, data.byteSize(), data.isNative() ? "" : " on the heap"));
    }
    MemorySegment v1 = Qnn_Tensor_t.v1(tensor);
    Qnn_TensorV1_t.memType(v1, core_h.QNN_TENSORMEMTYPE_RAW());
    MemorySegment buffer = Qnn_TensorV1_t.clientBuf(v1);
    Qnn_ClientBuffer_t.data(buffer, data);
    Qnn_ClientBuffer_t.dataSize(buffer, Math.toIntExact(bytes));
  }

  /** Gives a tensor memory that the context was told of. */
  static void data(MemorySegment tensor, QnnMemory memory) {
    MemorySegment v1 = Qnn_Tensor_t.v1(tensor);
    Qnn_TensorV1_t.memType(v1, core_h.QNN_TENSORMEMTYPE_MEMHANDLE());
    Qnn_TensorV1_t.memHandle(v1, memory.handle());
  }

  private static void quantize(
      MemorySegment params, Optional<Quantization> quantization, SegmentAllocator memory) {
    Qnn_QuantizeParams_t.encodingDefinition(
        params, quantization.isPresent() ? 1 : core_h.QNN_DEFINITION_UNDEFINED());
    switch (quantization.orElse(null)) {
      case null ->
          Qnn_QuantizeParams_t.quantizationEncoding(
              params, core_h.QNN_QUANTIZATION_ENCODING_UNDEFINED());
      case Quantization.PerTensor all -> {
        Qnn_QuantizeParams_t.quantizationEncoding(
            params, core_h.QNN_QUANTIZATION_ENCODING_SCALE_OFFSET());
        put(Qnn_QuantizeParams_t.scaleOffsetEncoding(params), all);
      }
      case Quantization.PerAxis(int axis, List<Quantization.PerTensor> channels) -> {
        Qnn_QuantizeParams_t.quantizationEncoding(
            params, core_h.QNN_QUANTIZATION_ENCODING_AXIS_SCALE_OFFSET());
        MemorySegment encoding = Qnn_QuantizeParams_t.axisScaleOffsetEncoding(params);
        MemorySegment list = Qnn_ScaleOffset_t.allocateArray(channels.size(), memory);
        for (int i = 0; i < channels.size(); i++) {
          put(Qnn_ScaleOffset_t.asSlice(list, i), channels.get(i));
        }
        Qnn_AxisScaleOffset_t.axis(encoding, axis);
        Qnn_AxisScaleOffset_t.numScaleOffsets(encoding, channels.size());
        Qnn_AxisScaleOffset_t.scaleOffset(encoding, list);
      }
      case Quantization.NarrowPerAxis(int bits, int axis, List<Float> scales) -> {
        Qnn_QuantizeParams_t.quantizationEncoding(
            params, core_h.QNN_QUANTIZATION_ENCODING_BW_AXIS_SCALE_OFFSET());
        MemorySegment encoding = Qnn_QuantizeParams_t.bwAxisScaleOffsetEncoding(params);
        MemorySegment list = memory.allocate(ValueLayout.JAVA_FLOAT, scales.size());
        for (int i = 0; i < scales.size(); i++) {
          list.setAtIndex(ValueLayout.JAVA_FLOAT, i, scales.get(i));
        }
        Qnn_BwAxisScaleOffset_t.bitwidth(encoding, bits);
        Qnn_BwAxisScaleOffset_t.axis(encoding, axis);
        Qnn_BwAxisScaleOffset_t.numElements(encoding, scales.size());
        Qnn_BwAxisScaleOffset_t.scales(encoding, list);
        Qnn_BwAxisScaleOffset_t.offsets(
            encoding, integers(Collections.nCopies(scales.size(), 0), memory));
      }
    }
  }

  private static void put(MemorySegment encoding, Quantization.PerTensor quantization) {
    Qnn_ScaleOffset_t.scale(encoding, quantization.scale());
    Qnn_ScaleOffset_t.offset(encoding, quantization.offset());
  }

  /**
   * An operator.
   *
   * @param declared the structure of a tensor
   */
  static MemorySegment op(
      QnnOp op, Function<QnnTensor, MemorySegment> declared, SegmentAllocator memory) {
    MemorySegment config = Qnn_OpConfig_t.allocate(memory);
    Qnn_OpConfig_t.version(config, VERSION_1);
    MemorySegment v1 = Qnn_OpConfig_t.v1(config);
    Qnn_OpConfigV1_t.name(v1, Pointers.text(op.name(), memory));
    Qnn_OpConfigV1_t.packageName(v1, Pointers.text(PACKAGE, memory));
    Qnn_OpConfigV1_t.typeName(v1, Pointers.text(op.type(), memory));
    Qnn_OpConfigV1_t.numOfParams(v1, op.parameters().size());
    Qnn_OpConfigV1_t.params(v1, parameters(op, declared, memory));
    Qnn_OpConfigV1_t.numOfInputs(v1, op.inputs().size());
    Qnn_OpConfigV1_t.inputTensors(v1, array(op.inputs(), declared, memory));
    Qnn_OpConfigV1_t.numOfOutputs(v1, op.outputs().size());
    Qnn_OpConfigV1_t.outputTensors(v1, array(op.outputs(), declared, memory));
    return config;
  }

  /** Structures one after the other. */
  static MemorySegment array(
      List<QnnTensor> tensors,
      Function<QnnTensor, MemorySegment> declared,
      SegmentAllocator memory) {
    MemorySegment array = Qnn_Tensor_t.allocateArray(Math.max(1, tensors.size()), memory);
    for (int i = 0; i < tensors.size(); i++) {
      Qnn_Tensor_t.asSlice(array, i).copyFrom(declared.apply(tensors.get(i)));
    }
    return array;
  }

  private static MemorySegment parameters(
      QnnOp op, Function<QnnTensor, MemorySegment> declared, SegmentAllocator memory) {
    List<QnnOp.Parameter> parameters = op.parameters();
    MemorySegment array = Qnn_Param_t.allocateArray(Math.max(1, parameters.size()), memory);
    for (int i = 0; i < parameters.size(); i++) {
      MemorySegment made = Qnn_Param_t.asSlice(array, i);
      Qnn_Param_t.name(made, Pointers.text(parameters.get(i).name(), memory));
      switch (parameters.get(i)) {
        case QnnOp.Parameter.U32 p ->
            Qnn_Scalar_t.uint32Value(scalar(made, Elements.U32), p.value());
        case QnnOp.Parameter.I32 p ->
            Qnn_Scalar_t.int32Value(scalar(made, Elements.I32), p.value());
        case QnnOp.Parameter.F32 p ->
            Qnn_Scalar_t.floatValue(scalar(made, Elements.F32), p.value());
        case QnnOp.Parameter.Bool p ->
            Qnn_Scalar_t.bool8Value(scalar(made, Elements.BOOL), (byte) (p.value() ? 1 : 0));
        case QnnOp.Parameter.U32s p ->
            tensor(made, tensorOf(op, p.name(), Elements.U32, p.dims(), p.values()), declared);
        case QnnOp.Parameter.I32s p ->
            tensor(made, tensorOf(op, p.name(), Elements.I32, p.dims(), p.values()), declared);
      }
    }
    return array;
  }

  private static MemorySegment scalar(MemorySegment parameter, Elements elements) {
    Qnn_Param_t.paramType(parameter, core_h.QNN_PARAMTYPE_SCALAR());
    MemorySegment scalar = Qnn_Param_t.scalarParam(parameter);
    Qnn_Scalar_t.dataType(scalar, elements.type());
    return scalar;
  }

  private static void tensor(
      MemorySegment parameter, QnnTensor tensor, Function<QnnTensor, MemorySegment> declared) {
    Qnn_Param_t.paramType(parameter, core_h.QNN_PARAMTYPE_TENSOR());
    Qnn_Param_t.tensorParam(parameter).copyFrom(declared.apply(tensor));
  }

  private static QnnTensor tensorOf(
      QnnOp op, String parameter, Elements elements, List<Integer> dims, List<Integer> values) {
    return QnnTensor.constant(
        op.name() + "." + parameter, elements, dims, target -> put(values, target));
  }

  private static void put(List<Integer> values, MemorySegment target) {
    for (int i = 0; i < values.size(); i++) {
      target.setAtIndex(ValueLayout.JAVA_INT, i, values.get(i));
    }
  }

  static MemorySegment integers(List<Integer> values, SegmentAllocator memory) {
    MemorySegment made = memory.allocate(ValueLayout.JAVA_INT, Math.max(1, values.size()));
    put(values, made);
    return made;
  }
}
