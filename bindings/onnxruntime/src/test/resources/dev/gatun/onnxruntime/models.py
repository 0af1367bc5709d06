"""Makes the models of the tests: python models.py (needs the package onnx)."""

import onnx
from onnx import TensorProto as T
from onnx import helper as h


def save(name, nodes, inputs, outputs):
    graph = h.make_graph(nodes, name, inputs, outputs)
    model = h.make_model(graph, opset_imports=[h.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    onnx.save(model, name + ".onnx")


def tensor(name, type, dims):
    return h.make_tensor_value_info(name, type, dims)


save(
    "add",
    [h.make_node("Add", ["a", "b"], ["y"], name="sum")],
    [tensor("a", T.FLOAT, [4]), tensor("b", T.FLOAT, [4])],
    [tensor("y", T.FLOAT, [4])],
)
save(
    "dynamic",
    [
        h.make_node("NonZero", ["x"], ["where"], name="nonzero"),
        h.make_node("Add", ["x", "x"], ["twice"], name="double"),
    ],
    [tensor("x", T.FLOAT, ["rows", 3])],
    [tensor("where", T.INT64, [2, None]), tensor("twice", T.FLOAT, ["rows", 3])],
)
