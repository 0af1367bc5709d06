"""Models with parts that quantization does not enter: bodies.onnx (If), recurrent.onnx (LSTM), bf16.onnx. Needs: onnx ml_dtypes numpy."""
import os

import ml_dtypes
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = os.path.dirname(os.path.abspath(__file__))
numbers = np.random.default_rng(8)


def weight(name, *shape, kind=np.float32):
    return numpy_helper.from_array((numbers.standard_normal(shape) / 8).astype(kind), name)


def value(name, *shape, kind=TensorProto.FLOAT):
    return helper.make_tensor_value_info(name, kind, list(shape))


def save(name, nodes, inputs, outputs, weights):
    graph = helper.make_graph(nodes, "graph", inputs, outputs, weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, os.path.join(HERE, name))


def product(x, w, y, name):
    return helper.make_node("MatMul", [x, w], [y], name=name)


bodies = [helper.make_graph([product("hidden", w, y, y)], y, [], [value(y, "b", 48)], [weight(w, 48, 48)]) for w, y in (("w2", "yes"), ("w3", "no"))]
save("bodies.onnx", [
    product("x", "w1", "hidden", "outer"), helper.make_node("ReduceSum", ["x"], ["sum"], keepdims=0),
    helper.make_node("Greater", ["sum", "zero"], ["positive"]),
    helper.make_node("If", ["positive"], ["either"], name="branch", then_branch=bodies[0], else_branch=bodies[1]),
    product("either", "w4", "y", "last")], [value("x", "b", 48)], [value("y", "b", 48)],
    [weight("w1", 48, 48), weight("w4", 48, 48), numpy_helper.from_array(np.float32(0), "zero")])
save("recurrent.onnx", [
    helper.make_node("LSTM", ["x", "W", "R"], ["", "h"], name="lstm", hidden_size=16),
    helper.make_node("Squeeze", ["h", "axes"], ["state"]), product("state", "w", "y", "last")],
    [value("x", "s", "b", 16)], [value("y", "b", 256)],
    [weight("W", 1, 64, 16), weight("R", 1, 64, 16), weight("w", 16, 256), numpy_helper.from_array(np.array([0]), "axes")])
save("bf16.onnx", [product("x", "w", "y", "only")], [value("x", "b", 64, kind=TensorProto.BFLOAT16)],
     [value("y", "b", 64, kind=TensorProto.BFLOAT16)], [weight("w", 64, 64, kind=ml_dtypes.bfloat16)])
