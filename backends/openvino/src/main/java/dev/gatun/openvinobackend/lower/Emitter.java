package dev.gatun.openvinobackend.lower;

import static dev.gatun.openvinobackend.lower.ElementTypes.BOOLEAN;

import dev.gatun.graph.op.Reduce;
import dev.gatun.graph.op.Unary;
import dev.gatun.openvinobackend.ir.IrBuilder;
import dev.gatun.openvinobackend.ir.Output;

/** Layers that lowerings use often, by the names of OpenVINO's operation sets. */
final class Emitter {
  private static final String BROADCAST = "auto_broadcast=\"numpy\"";

  private final IrBuilder ir;

  Emitter(IrBuilder ir) {
    this.ir = ir;
  }

  IrBuilder ir() {
    return ir;
  }

  Output integers(long... values) {
    return ir.integers(values);
  }

  /** {@code Add}, {@code Multiply} … of operation set 1, broadcast as NumPy does. */
  Output binary(String layer, Output a, Output b) {
    String division = layer.equals("Divide") ? " m_pythondiv=\"false\"" : "";
    return ir.layer(layer, "opset1", BROADCAST + division, a, b);
  }

  /** {@code LessEqual}, {@code Equal} … */
  Output compare(String layer, Output a, Output b) {
    return ir.layer(BOOLEAN, layer, "opset1", BROADCAST, a, b);
  }

  Output and(Output a, Output b) {
    return ir.layer("LogicalAnd", "opset1", BROADCAST, a, b);
  }

  Output select(Output condition, Output yes, Output no) {
    return ir.layer(yes.type(), "Select", "opset1", BROADCAST, condition, yes, no);
  }

  Output unary(String layer, String opset, Output x) {
    return ir.layer(layer, opset, "", x);
  }

  Output real(double value) {
    return ir.real(value);
  }

  /** A scalar of an element type. */
  Output scalar(long value, String type) {
    return ir.convert(ir.integer(value), type);
  }

  /** Dims may have one -1. */
  Output reshape(Output x, long... dims) {
    return reshape(x, ir.integers(dims));
  }

  Output reshape(Output x, Output dims) {
    return ir.layer("Reshape", "opset1", "special_zero=\"false\"", x, dims);
  }

  /** Dims may have one -1; 0 stands for the input's. */
  Output reshapeKeeping(Output x, long... dims) {
    return ir.layer("Reshape", "opset1", "special_zero=\"true\"", x, ir.integers(dims));
  }

  Output transpose(Output x, long... permutation) {
    return ir.layer("Transpose", "opset1", "", x, ir.integers(permutation));
  }

  Output unsqueeze(Output x, long... axes) {
    return ir.layer("Unsqueeze", "opset1", "", x, ir.integers(axes));
  }

  Output squeeze(Output x, long... axes) {
    return ir.layer("Squeeze", "opset1", "", x, ir.integers(axes));
  }

  /** A value of one element as a scalar. */
  Output scalarOf(Output x) {
    return reshape(x, ir.integers());
  }

  /** Repeats a value until it has a shape, I64 [rank], which itself broadcasts with that of x. */
  Output broadcast(Output x, Output shape) {
    return ir.layer("Broadcast", "opset3", "mode=\"bidirectional\"", x, shape);
  }

  Output concat(long axis, Output... parts) {
    return ir.layer("Concat", "opset1", "axis=\"" + axis + "\"", parts);
  }

  /** Elements [start, stop) of an axis. */
  Output slice(Output x, long axis, long start, long stop) {
    return slice(x, axis, ir.integers(start), ir.integers(stop));
  }

  /** Elements [start, stop) of an axis; each I64 [1]. */
  Output slice(Output x, long axis, Output start, Output stop) {
    return ir.layer("Slice", "opset8", "", x, start, stop, ir.integers(1), ir.integers(axis));
  }

  Output gather(Output x, Output indices, long axis) {
    return ir.layer("Gather", "opset8", "batch_dims=\"0\"", x, indices, ir.integer(axis));
  }

  /** The shape, I64. */
  Output shapeOf(Output x) {
    return ir.layer(ElementTypes.I64, "ShapeOf", "opset3", "output_type=\"i64\"", x);
  }

  /** 0, 1 … below a scalar of I32. */
  Output range(Output stop) {
    Output zero = scalar(0, ElementTypes.I32);
    Output one = scalar(1, ElementTypes.I32);
    return ir.layer(ElementTypes.I32, "Range", "opset4", "output_type=\"i32\"", zero, stop, one);
  }

  Output matMul(Output a, Output b, boolean transposeB) {
    return ir.layer(
        "MatMul", "opset1", "transpose_a=\"false\" transpose_b=\"" + transposeB + "\"", a, b);
  }

  Output softmax(Output x, long axis) {
    return ir.layer("SoftMax", "opset8", "axis=\"" + axis + "\"", x);
  }

  Output reduce(String layer, Output x, boolean keepDims, long... axes) {
    return ir.layer(layer, "opset1", "keep_dims=\"" + keepDims + "\"", x, ir.integers(axes));
  }

  /** A reduction; of booleans it is one of the numbers 0 and 1. */
  Output reduce(Reduce.Function function, Output x, boolean keepDims, Output axes) {
    if (x.type().equals(BOOLEAN)) {
      Output y = reduce(function, ir.convert(x, ElementTypes.I32), keepDims, axes);
      return compare("NotEqual", y, scalar(0, ElementTypes.I32));
    }
    String layer =
        switch (function) {
          case SUM -> "ReduceSum";
          case MEAN -> "ReduceMean";
          case MAX -> "ReduceMax";
          case MIN -> "ReduceMin";
          case PROD -> "ReduceProd";
        };
    return ir.layer(layer, "opset1", "keep_dims=\"" + keepDims + "\"", x, axes);
  }

  Output activation(Unary.Function function, Output x) {
    return switch (function) {
      case NEG -> unary("Negative", "opset1", x);
      case ABS -> unary("Abs", "opset1", x);
      case EXP -> unary("Exp", "opset1", x);
      case LOG -> unary("Log", "opset1", x);
      case SQRT -> unary("Sqrt", "opset1", x);
      case RECIPROCAL -> binary("Divide", ir.convert(real(1), x.type()), x);
      case SIGMOID -> unary("Sigmoid", "opset1", x);
      case TANH -> unary("Tanh", "opset1", x);
      case ERF -> unary("Erf", "opset1", x);
      case SILU -> unary("Swish", "opset4", x);
      case GELU -> ir.layer("Gelu", "opset7", "approximation_mode=\"ERF\"", x);
      case GELU_TANH -> ir.layer("Gelu", "opset7", "approximation_mode=\"TANH\"", x);
      case RELU -> unary("ReLU", "opset1", x);
    };
  }
}
