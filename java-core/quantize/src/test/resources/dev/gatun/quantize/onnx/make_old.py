"""A model of operator set 9 with what later sets write otherwise, its input (`in:x`), and what ONNX Runtime computes (`out:y`).

Usage: python make_old.py (onnx 1.23, onnxruntime 1.29.0, numpy), in this folder.
"""

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto as T
from onnx import helper as h
from onnx import numpy_helper as nh

x = np.random.default_rng(5).standard_normal((2, 6, 4)).astype(np.float32)
NODES = [
    h.make_node("Slice", ["x"], ["sliced"], starts=[0, 1], ends=[2, 6], axes=[0, 1]),
    h.make_node("Clip", ["sliced"], ["clipped"], min=-1.5, max=1.25),
    h.make_node("Clip", ["clipped"], ["low"], min=-1.0),
    h.make_node("Pad", ["low"], ["padded"], pads=[0, 0, 1, 0, 1, 0], value=0.5),
    h.make_node("Unsqueeze", ["padded"], ["wide"], axes=[0]),
    h.make_node("Squeeze", ["wide"], ["narrow"], axes=[0]),
    h.make_node("TopK", ["narrow"], ["best", "places"], k=3, axis=2),
    h.make_node("Softmax", ["best"], ["soft"], axis=1),
    h.make_node("LogSoftmax", ["narrow"], ["logs"], axis=2),
    h.make_node("Split", ["soft"], ["a", "b"], axis=1, split=[2, 4]),
    h.make_node("Split", ["logs"], ["c", "d"], axis=1),
    h.make_node("ReduceSum", ["b"], ["sum"], axes=[1], keepdims=1),
    h.make_node("ReduceMean", ["d"], ["mean"], axes=[2], keepdims=1),
    h.make_node("Dropout", ["mean"], ["kept"], ratio=0.3),
    h.make_node("BatchNormalization", ["c", "scale", "bias", "m", "v"], ["normal"]),
    h.make_node("ReduceMean", ["normal"], ["level"], axes=[1, 2], keepdims=1),
    h.make_node("Add", ["a", "sum"], ["first"]),
    h.make_node("Mul", ["kept", "level"], ["second"]),
    h.make_node("MatMul", ["first", "w"], ["product"]),
    h.make_node("Concat", ["product", "second"], ["y"], axis=1),
]
WEIGHTS = {
    "scale": np.array([1, 2, 0.5], np.float32),
    "bias": np.array([0, 1, -1], np.float32),
    "m": np.array([0.1, 0, 0.2], np.float32),
    "v": np.array([1, 2, 3], np.float32),
    "w": np.array([[1], [-2], [0.5]], np.float32),
}
graph = h.make_graph(
    NODES,
    "old",
    [h.make_tensor_value_info("x", T.FLOAT, [2, 6, 4])],
    [h.make_tensor_value_info("y", T.FLOAT, [2, 5, 1])],
    [nh.from_array(v, k) for k, v in WEIGHTS.items()],
)
model = h.make_model(graph, opset_imports=[h.make_opsetid("", 9)], ir_version=4)
# Initializers of that time are inputs, too, unless the file is of IR version 4.
onnx.checker.check_model(model, full_check=True)
session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
y = session.run(["y"], {"x": x})[0]
model.graph.initializer.extend([nh.from_array(x, "in:x"), nh.from_array(y, "out:y")])
onnx.save(model, "old.onnx")
