"""Small ONNX models with their inputs, as initializers `in:NAME` that no node reads.

Usage: python make_models.py (onnx 1.23, numpy), in this folder. Then the goldens: README.md beside this file.
"""

import numpy as np
import onnx
from onnx import TensorProto as T
from onnx import helper as h
from onnx import numpy_helper as nh

RANDOM = np.random.default_rng(11)


def floats(*shape, scale=1.0):
    return (RANDOM.standard_normal(shape) * scale).astype(np.float32)


def save(name, nodes, inputs, outputs, weights, examples):
    graph = h.make_graph(
        nodes, name, inputs, outputs, [nh.from_array(v, k) for k, v in weights.items()]
    )
    model = h.make_model(graph, opset_imports=[h.make_opsetid("", 14)], ir_version=7)
    onnx.checker.check_model(model, full_check=True)
    for key, value in examples.items():
        model.graph.initializer.append(nh.from_array(value, "in:" + key))
    onnx.save(model, name + ".onnx")


def encoder():
    """Embeddings, two products with biases, a Gemm; one channel of the activations is large."""
    table = floats(40, 32)
    table[:, 5] *= 12
    weights = {
        "table": table,
        "w1": floats(32, 64, scale=0.2),
        "b1": floats(64, scale=0.1),
        "w2": floats(64, 32, scale=0.2),
        "b2": floats(32, scale=0.1),
        "w3": floats(24, 32, scale=0.2),
        "b3": floats(24, scale=0.1),
    }
    nodes = [
        h.make_node("Gather", ["table", "ids"], ["x"], name="embed"),
        h.make_node("MatMul", ["x", "w1"], ["p1"], name="up"),
        h.make_node("Add", ["p1", "b1"], ["s1"], name="up_bias"),
        h.make_node("Tanh", ["s1"], ["t1"], name="tanh"),
        h.make_node("MatMul", ["t1", "w2"], ["p2"], name="down"),
        h.make_node("Add", ["b2", "p2"], ["s2"], name="down_bias"),
        h.make_node("Add", ["s2", "x"], ["r"], name="residual"),
        h.make_node("ReduceMean", ["r"], ["pooled"], name="pool", axes=[1], keepdims=0),
        h.make_node("Gemm", ["pooled", "w3", "b3"], ["y"], name="head", transB=1),
    ]
    inputs = [h.make_tensor_value_info("ids", T.INT64, ["batch", "tokens"])]
    outputs = [h.make_tensor_value_info("y", T.FLOAT, ["batch", 24])]
    save("encoder", nodes, inputs, outputs, weights, {"ids": RANDOM.integers(0, 40, (6, 9))})


def network():
    """A convolution, a depthwise one with channels of different sizes, a pointwise one, pooling and a Gemm."""
    spread = (10.0 ** np.linspace(-1, 0.5, 16)).reshape(16, 1, 1, 1).astype(np.float32)
    weights = {
        "k1": floats(16, 3, 3, 3, scale=0.3),
        "c1": floats(16, scale=0.1),
        "k2": floats(16, 1, 3, 3, scale=0.3) * spread,
        "c2": floats(16, scale=0.1),
        "k3": floats(96, 16, 1, 1, scale=0.3),
        "w": floats(96, 40, scale=0.3),
        "b": floats(40, scale=0.1),
    }
    nodes = [
        h.make_node("Conv", ["image", "k1", "c1"], ["a"], name="conv", pads=[1, 1, 1, 1]),
        h.make_node("Relu", ["a"], ["ra"], name="relu"),
        h.make_node("Conv", ["ra", "k2", "c2"], ["d"], name="depthwise", group=16, strides=[2, 2]),
        h.make_node("Relu", ["d"], ["rd"], name="relu2"),
        h.make_node("Conv", ["rd", "k3"], ["pw"], name="pointwise"),
        h.make_node("GlobalAveragePool", ["pw"], ["g"], name="average"),
        h.make_node("Flatten", ["g"], ["f"], name="flatten"),
        h.make_node("Gemm", ["f", "w", "b"], ["y"], name="head"),
    ]
    inputs = [h.make_tensor_value_info("image", T.FLOAT, ["batch", 3, 12, 12])]
    outputs = [h.make_tensor_value_info("y", T.FLOAT, ["batch", 40])]
    save("network", nodes, inputs, outputs, weights, {"image": floats(4, 3, 12, 12)})


encoder()
network()
