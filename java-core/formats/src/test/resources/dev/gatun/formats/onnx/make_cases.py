"""Small ONNX models with their inputs and what ONNX Runtime computes for them.

Each CASE.onnx carries its data as initializers that no node reads: `in:NAME` and `out:NAME`.
Usage: python make_cases.py (onnx, onnxruntime, numpy); see README.md for the versions.
"""

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto as T
from onnx import helper as h
from onnx import numpy_helper

RANDOM = np.random.default_rng(7)


def floats(*shape):
    return RANDOM.standard_normal(shape).astype(np.float32)


def save(name, nodes, inputs, outputs, opset=14, weights=None, open_dims=None):
    """inputs: name -> array; outputs: names; open_dims: name of an input or F32 output -> dims with symbols."""
    open_dims = open_dims or {}
    weights = weights or {}
    infos = [
        h.make_tensor_value_info(
            key, h.np_dtype_to_tensor_dtype(value.dtype), open_dims.get(key, value.shape)
        )
        for key, value in inputs.items()
    ]
    wanted = [
        h.make_tensor_value_info(key, T.FLOAT, open_dims[key]) if key in open_dims else onnx.ValueInfoProto(name=key)
        for key in outputs
    ]
    graph = h.make_graph(
        nodes, name, infos, wanted, [numpy_helper.from_array(v, k) for k, v in weights.items()]
    )
    imports = [h.make_opsetid("", opset)]
    imports += [h.make_opsetid(domain, 1) for domain in sorted({node.domain for node in nodes} - {""})]
    model = h.make_model(graph, opset_imports=imports, ir_version=7)
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    results = session.run(outputs, inputs)
    for key, value in inputs.items():
        graph.initializer.append(numpy_helper.from_array(np.asarray(value), "in:" + key))
    for key, value in zip(outputs, results):
        graph.initializer.append(numpy_helper.from_array(np.asarray(value), "out:" + key))
    model.graph.CopyFrom(graph)
    onnx.save(model, name + ".onnx")


def one(name, op, inputs, opset=14, weights=None, open_dims=None, outputs=("y",), **attributes):
    """A model of one node whose inputs are the inputs and weights in order."""
    names = list(inputs) + list(weights or {})
    node = h.make_node(op, names, list(outputs), **attributes)
    save(name, [node], inputs, list(outputs), opset, weights, open_dims)


class Encoder:
    """A transformer encoder, node for node as PyTorch's exporter writes BERT."""

    def __init__(self):
        self.nodes = []
        self.weights = {}
        self.count = 0

    def op(self, op, *inputs, **attributes):
        self.count += 1
        name = f"v{self.count}"
        self.nodes.append(h.make_node(op, list(inputs), [name], name="n" + name, **attributes))
        return name

    def number(self, value):
        return self.op("Constant", value=numpy_helper.from_array(np.asarray(value)))

    def weight(self, *shape):
        name = f"w{len(self.weights)}"
        self.weights[name] = floats(*shape) * np.float32(0.3)
        return name

    def norm(self, x, width):
        centred = self.op("Sub", x, self.op("ReduceMean", x, axes=[-1]))
        square = self.op("Pow", centred, self.number(np.float32(2)))
        variance = self.op("ReduceMean", square, axes=[-1])
        root = self.op("Sqrt", self.op("Add", variance, self.number(np.float32(1e-12))))
        scaled = self.op("Mul", self.op("Div", centred, root), self.weight(width))
        return self.op("Add", scaled, self.weight(width))

    def linear(self, x, inner, outer):
        return self.op("Add", self.weight(outer), self.op("MatMul", x, self.weight(inner, outer)))

    def extent(self, x, axis):
        picked = self.op("Gather", self.op("Shape", x), self.number(np.int64(axis)), axis=0)
        return self.op("Unsqueeze", picked, self.number(np.array([0])))

    def reshape(self, x, *tail):
        parts = [self.extent(x, 0), self.extent(x, 1)]
        parts += [self.number(np.array([size])) for size in tail]
        return self.op("Reshape", x, self.op("Concat", *parts, axis=0))

    def attention(self, x, mask, width, heads):
        dim = width // heads
        q, k, v = (self.reshape(self.linear(x, width, width), heads, dim) for _ in range(3))
        q = self.op("Transpose", q, perm=[0, 2, 1, 3])
        k = self.op("Transpose", k, perm=[0, 2, 3, 1])
        v = self.op("Transpose", v, perm=[0, 2, 1, 3])
        scores = self.op("Div", self.op("MatMul", q, k), self.number(np.float32(dim**0.5)))
        weights = self.op("Softmax", self.op("Add", scores, mask), axis=-1)
        y = self.op("Transpose", self.op("MatMul", weights, v), perm=[0, 2, 1, 3])
        return self.linear(self.reshape(y, width), width, width)

    def gelu(self, x):
        erf = self.op("Erf", self.op("Div", x, self.number(np.float32(2**0.5))))
        product = self.op("Mul", x, self.op("Add", erf, self.number(np.float32(1))))
        return self.op("Mul", product, self.number(np.float32(0.5)))

    def build(self, layers=2, width=24, heads=3, hidden=40, words=50, longest=12):
        mask = self.op("Unsqueeze", "attention_mask", self.number(np.array([1])))
        mask = self.op("Unsqueeze", mask, self.number(np.array([2])))
        mask = self.op("Sub", self.number(np.float32(1)), self.op("Cast", mask, to=T.FLOAT))
        mask = self.op("Mul", mask, self.number(np.float32(np.finfo(np.float32).min)))
        self.weights["positions"] = np.arange(longest, dtype=np.int64)[None, :]
        places = self.op(
            "Slice",
            "positions",
            self.number(np.array([0])),
            self.extent("input_ids", 1),
            self.number(np.array([1])),
            self.number(np.array([1])),
        )
        x = self.op("Gather", self.weight(words, width), "input_ids")
        x = self.op("Add", x, self.op("Gather", self.weight(longest, width), places))
        x = self.norm(x, width)
        for _ in range(layers):
            x = self.norm(self.op("Add", self.attention(x, mask, width, heads), x), width)
            y = self.linear(self.gelu(self.linear(x, width, hidden)), hidden, width)
            x = self.norm(self.op("Add", y, x), width)
        self.nodes[-1].output[0] = "hidden"
        ids = RANDOM.integers(0, words, (3, 7))
        seen = np.ones((3, 7), dtype=np.int64)
        seen[1, 4:] = 0
        seen[2, 1:] = 0
        dims = ["batch", "batch"]
        save(
            "encoder",
            self.nodes,
            {"input_ids": ids, "attention_mask": seen},
            ["hidden"],
            weights=self.weights,
            open_dims={"input_ids": dims, "attention_mask": dims},
        )


def control_flow():
    """Bodies that read what stands around them, sizes that depend on data, outputs that are inputs."""
    info = h.make_tensor_value_info
    then = h.make_graph([h.make_node("Add", ["x", "w"], ["t"])], "then", [], [info("t", T.FLOAT, None)])
    other = h.make_graph([h.make_node("Mul", ["x", "two"], ["e"])], "else", [], [info("e", T.FLOAT, None)])
    save(
        "if_captures",
        [
            h.make_node("ReduceSum", ["x"], ["sum"], keepdims=0),
            h.make_node("Greater", ["sum", "zero"], ["c"]),
            h.make_node("If", ["c"], ["y"], then_branch=then, else_branch=other),
        ],
        {"x": floats(2, 3)},
        ["y"],
        weights={"w": floats(3), "two": np.float32(2), "zero": np.float32(0)},
    )
    # As an exporter writes squeeze(0) of what it saw with one row: the other branch has another rank.
    dropped = h.make_graph([h.make_node("Squeeze", ["x", "first"], ["s"])], "dropped", [], [info("s", T.FLOAT, None)])
    kept = h.make_graph([h.make_node("Identity", ["x"], ["k"])], "kept", [], [info("k", T.FLOAT, None)])
    save(
        "if_ranks",
        [
            h.make_node("Shape", ["x"], ["shape"]),
            h.make_node("Gather", ["shape", "at"], ["rows"]),
            h.make_node("Equal", ["rows", "one"], ["c"]),
            h.make_node("If", ["c"], ["y0"], then_branch=dropped, else_branch=kept),
            h.make_node("Mul", ["y0", "w"], ["y"]),
        ],
        {"x": np.full((1, 3), 0.5, np.float32)},
        ["y"],
        weights={"w": np.array([1, -2, 3], np.float32), "first": np.array([0], np.int64),
                 "at": np.array(0, np.int64), "one": np.array(1, np.int64)},
        open_dims={"x": ["n", 3]},
    )
    body = h.make_graph(
        [
            h.make_node("Concat", ["seen", "x"], ["seen_out"], axis=0),
            h.make_node("ReduceSum", ["seen_out"], ["total"], keepdims=0),
            h.make_node("Identity", ["c"], ["c_out"]),
        ],
        "body",
        [info("i", T.INT64, []), info("c", T.BOOL, []), info("seen", T.FLOAT, [None])],
        [info("c_out", T.BOOL, []), info("seen_out", T.FLOAT, [None]), info("total", T.FLOAT, [])],
    )
    save(
        "loop_grows",
        [h.make_node("Loop", ["n", "", "start"], ["y", "totals"], body=body)],
        {"x": floats(2), "n": np.array(3, np.int64)},
        ["y", "totals"],
        weights={"start": floats(1)},
    )
    step = h.make_graph(
        [
            h.make_node("Add", ["state", "slice"], ["next"]),
            h.make_node("Mul", ["next", "factor"], ["scan"]),
        ],
        "step",
        [info("state", T.FLOAT, [2]), info("slice", T.FLOAT, [2])],
        [info("next", T.FLOAT, [2]), info("scan", T.FLOAT, [2])],
    )
    save(
        "scan_reversed",
        [
            h.make_node(
                "Scan",
                ["start", "x"],
                ["last", "y"],
                body=step,
                num_scan_inputs=1,
                scan_input_axes=[1],
                scan_input_directions=[1],
            )
        ],
        {"x": floats(2, 4)},
        ["last", "y"],
        weights={"start": floats(2), "factor": np.float32(0.5)},
    )


def open_sizes():
    save(
        "sizes_of_data",
        [
            h.make_node("Greater", ["x", "zero"], ["c"]),
            h.make_node("NonZero", ["c"], ["found"]),
            h.make_node("Transpose", ["found"], ["places"]),
            h.make_node("GatherND", ["x", "places"], ["picked"]),
            h.make_node("Shape", ["picked"], ["size"]),
            h.make_node("ConstantOfShape", ["size"], ["zeros"]),
            h.make_node("Add", ["picked", "zeros"], ["y"]),
            h.make_node("Cast", ["size"], ["count"], to=T.FLOAT),
        ],
        {"x": floats(3, 4)},
        ["y", "count"],
        weights={"zero": np.float32(0)},
    )
    save(
        "reshape_computed",
        [
            h.make_node("Shape", ["like"], ["shape"]),
            h.make_node("Mul", ["shape", "factor"], ["wanted"]),
            h.make_node("Reshape", ["x", "wanted"], ["y"]),
            h.make_node("Expand", ["row", "wanted"], ["z"]),
        ],
        {"x": floats(12), "like": floats(1, 2), "factor": np.array([3, 2], np.int64)},
        ["y", "z"],
        weights={"row": floats(4)},
        open_dims={"like": ["a", "b"]},
    )
    one("top_k", "TopK", {"x": floats(2, 5)}, weights={"k": np.array([3], np.int64)}, outputs=("v", "i"))
    save(
        "outputs_are_inputs",
        [h.make_node("Identity", ["x"], ["y"]), h.make_node("Identity", ["w"], ["z"])],
        {"x": floats(2)},
        ["y", "z"],
        weights={"w": floats(3)},
    )
    save(
        "slice_open",
        [
            h.make_node("Slice", ["x", "one", "end", "axis"], ["tail"]),
            h.make_node("Slice", ["x", "zero", "minus", "axis"], ["head"]),
            h.make_node("Sub", ["tail", "head"], ["y"]),
            h.make_node("Slice", ["x", "minus", "start", "axis", "minus"], ["turned"]),
        ],
        {"x": floats(2, 5)},
        ["y", "turned"],
        weights={
            "one": np.array([1], np.int64),
            "zero": np.array([0], np.int64),
            "minus": np.array([-1], np.int64),
            "end": np.array([2**62], np.int64),
            "start": np.array([-(2**62)], np.int64),
            "axis": np.array([1], np.int64),
        },
        open_dims={"x": ["batch", "length"]},
    )


def other_types():
    # Whole numbers, which F16 holds exactly.
    a, b, c = (np.round(floats(*shape) * 3).astype(np.float16) for shape in [(2, 3, 4), (4, 5), (5,)])
    save(
        "half_products",
        [h.make_node("MatMul", ["x", "b"], ["y"]), h.make_node("Gemm", ["f", "b", "c"], ["z"])],
        {"x": a, "f": a[0]},
        ["y", "z"],
        weights={"b": b, "c": c},
    )
    rows = floats(3, 4)
    rows[1] = 0
    one("unit_rows", "LpNormalization", {"x": rows}, axis=1)
    one("unit_sums", "LpNormalization", {"x": rows}, axis=-1, p=1)


def root_mean_square(name, tail):
    save(
        name,
        [
            h.make_node("Pow", ["x", "two"], ["square"]),
            h.make_node("ReduceMean", ["square"], ["mean"], axes=[-1]),
            h.make_node("Add", ["mean", "epsilon"], ["sum"]),
            h.make_node("Sqrt", ["sum"], ["root"]),
            *tail,
        ],
        {"x": floats(2, 3, 5)},
        ["y"],
        weights={"two": np.float32(2), "epsilon": np.float32(1e-3), "one": np.float32(1), "w": floats(5)},
        open_dims={"x": ["batch", "length", 5]},
    )


def main():
    Encoder().build()
    x = floats(2, 3, 4)
    one("reduce_axes_attribute", "ReduceMean", {"x": x}, axes=[0, -1], keepdims=0)
    one("reduce_axes_input", "ReduceMax", {"x": x}, 18, {"axes": np.array([1])})
    one("reduce_l2", "ReduceL2", {"x": x}, axes=[1])
    one("gemm", "Gemm", {"a": floats(4, 3), "b": floats(5, 4), "c": floats(5)},
        transA=1, transB=1, alpha=0.5, beta=2.0)
    one("matmul_vectors", "MatMul", {"a": floats(4), "b": floats(2, 4, 3)})
    one("matmul_dot", "MatMul", {"a": floats(4), "b": floats(4)})
    one("softmax_rows", "Softmax", {"x": x}, 11, axis=1)
    one("softmax_axis", "Softmax", {"x": x}, 13, axis=1)
    one("log_softmax", "LogSoftmax", {"x": x}, 13)
    one("layer_normalization", "LayerNormalization",
        {"x": x, "scale": floats(4), "bias": floats(4)}, 17, epsilon=0.01)
    one("gelu_tanh", "Gelu", {"x": x}, 20, approximate="tanh")
    one("clip", "Clip", {"x": x}, 13, {"low": np.float32(-0.5), "high": np.float32(0.25)})
    one("clip_attributes", "Clip", {"x": x}, 10, min=-0.5)
    one("leaky_relu", "LeakyRelu", {"x": x}, alpha=0.2)
    one("hard_sigmoid", "HardSigmoid", {"x": x * 4})
    one("hard_swish", "HardSwish", {"x": x * 4})
    one("softplus", "Softplus", {"x": x * 20})
    one("sum_of_three", "Sum", {"a": x, "b": floats(4), "c": floats(3, 1)})
    one("pow_whole_exponent", "Pow", {"x": x}, weights={"e": np.array([3])})
    one("flatten", "Flatten", {"x": x}, axis=2)
    one("squeeze_all", "Squeeze", {"x": floats(1, 3, 1)}, 11)
    one("squeeze_one", "Squeeze", {"x": floats(1, 3, 1)}, 13, {"axes": np.array([-1])})
    one("unsqueeze", "Unsqueeze", {"x": x}, 11, axes=[0, -1])
    one("transpose_default", "Transpose", {"x": x})
    one("reshape_rest", "Reshape", {"x": x}, weights={"shape": np.array([0, -1])},
        open_dims={"x": ["n", 3, 4]})
    one("concat", "Concat", {"a": x, "b": floats(2, 1, 4)}, axis=-2)
    one("split_even", "Split", {"x": x}, 11, outputs=("y", "z"), axis=2)
    one("split_lengths", "Split", {"x": x}, 13, {"split": np.array([1, 2])},
        outputs=("y", "z"), axis=1)
    one("slice_attributes", "Slice", {"x": x}, 9, starts=[1, -3], ends=[9, -1], axes=[0, 2])
    one("slice_inputs", "Slice", {"x": x}, 13,
        {"starts": np.array([-2]), "ends": np.array([2**62]), "axes": np.array([1])})
    one("gather_negative", "Gather", {"x": x}, weights={"i": np.array([[-1, 0]])}, axis=1)
    one("cast_whole", "Cast", {"x": x * 3}, to=T.INT64)
    one("global_mean", "GlobalAveragePool", {"x": floats(2, 3, 4, 5)})
    save(
        "same_twice",
        [
            h.make_node("Identity", ["x"], ["y"]),
            h.make_node("Relu", ["x"], ["r"]),
            h.make_node("Relu", ["x"], ["s"]),
            h.make_node("Add", ["r", "s"], ["z"]),
        ],
        {"x": x},
        ["y", "z"],
    )
    control_flow()
    open_sizes()
    other_types()
    root_mean_square("rms_quotient", [
        h.make_node("Div", ["x", "root"], ["normal"]), h.make_node("Mul", ["normal", "w"], ["y"])])
    root_mean_square("rms_product", [
        h.make_node("Div", ["one", "root"], ["inverse"]), h.make_node("Mul", ["x", "inverse"], ["normal"]),
        h.make_node("Mul", ["w", "normal"], ["y"])])
    root_mean_square("rms_reciprocal", [
        h.make_node("Reciprocal", ["root"], ["inverse"]), h.make_node("Mul", ["inverse", "x"], ["normal"]),
        h.make_node("Mul", ["w", "normal"], ["y"])])


if __name__ == "__main__":
    main()
