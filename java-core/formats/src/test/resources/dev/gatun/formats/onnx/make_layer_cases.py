"""Convolutions, pools, recurrent layers and Resize; see make_cases.py.

Usage: python make_layer_cases.py
"""

import numpy as np
from make_cases import floats, one, save
from onnx import helper as h


def convolutions():
    one("conv", "Conv", {"x": floats(2, 3, 9, 7)}, weights={"w": floats(4, 3, 3, 3), "b": floats(4)},
        pads=[1, 0, 2, 1], strides=[2, 1])
    one("conv_groups", "Conv", {"x": floats(1, 6, 5, 8)}, weights={"w": floats(4, 3, 3, 2)},
        group=2, dilations=[1, 2], pads=[1, 1, 1, 1])
    one("conv_depthwise", "Conv", {"x": floats(1, 5, 11, 6)}, weights={"w": floats(10, 1, 5, 3)},
        group=5, pads=[2, 1, 2, 1], strides=[2, 2])
    one("conv_pointwise", "Conv", {"x": floats(2, 7, 4, 5)}, weights={"w": floats(9, 7, 1, 1), "b": floats(9)})
    one("conv_1d", "Conv", {"x": floats(1, 2, 20)}, weights={"w": floats(6, 2, 5)}, strides=[3])
    one("conv_3d", "Conv", {"x": floats(1, 2, 4, 5, 6)}, weights={"w": floats(3, 2, 2, 3, 3), "b": floats(3)},
        pads=[0, 1, 1, 1, 1, 1])
    one("conv_same_upper", "Conv", {"x": floats(1, 2, 7, 8)}, weights={"w": floats(3, 2, 4, 3)},
        auto_pad="SAME_UPPER", strides=[2, 3])
    one("conv_same_lower", "Conv", {"x": floats(1, 2, 7, 8)}, weights={"w": floats(3, 2, 4, 4)},
        auto_pad="SAME_LOWER")
    one("conv_open", "Conv", {"x": floats(2, 3, 7, 10)}, weights={"w": floats(4, 3, 3, 3)},
        pads=[1, 1, 1, 1], strides=[2, 2], open_dims={"x": ["n", 3, "height", "width"]})
    # What shrinks twice and grows again meets the middle only where the extents are multiples of 4.
    save("conv_pyramid", [
        h.make_node("Conv", ["x", "w1"], ["a"], strides=[2, 2], pads=[1, 1, 1, 1]),
        h.make_node("Conv", ["a", "w2"], ["b"], strides=[2, 2], pads=[1, 1, 1, 1]),
        h.make_node("Resize", ["b", "", "s"], ["c"], mode="nearest",
                    coordinate_transformation_mode="asymmetric", nearest_mode="floor"),
        h.make_node("Add", ["a", "c"], ["d"]),
        h.make_node("ConvTranspose", ["d", "w3"], ["y"], strides=[2, 2]),
    ], {"x": floats(1, 2, 8, 12)}, ["y"],
        weights={"w1": floats(3, 2, 3, 3), "w2": floats(3, 3, 3, 3), "w3": floats(3, 2, 2, 2),
                 "s": np.array([1, 1, 2, 2], np.float32)},
        open_dims={"x": ["n", 2, "height", "width"]})
    one("conv_transpose", "ConvTranspose", {"x": floats(1, 4, 3, 5)},
        weights={"w": floats(4, 3, 3, 3), "b": floats(3)}, strides=[2, 3], pads=[1, 0, 0, 1], output_padding=[1, 0])
    one("conv_transpose_groups", "ConvTranspose", {"x": floats(2, 4, 6)}, weights={"w": floats(4, 3, 4)},
        group=2, dilations=[2], strides=[2])
    one("conv_transpose_same", "ConvTranspose", {"x": floats(1, 1, 3, 4)}, weights={"w": floats(1, 2, 3, 4)},
        auto_pad="SAME_UPPER", strides=[2, 2])
    one("conv_transpose_shape", "ConvTranspose", {"x": floats(1, 2, 3, 3)}, weights={"w": floats(2, 2, 3, 3)},
        output_shape=[10, 8], strides=[3, 2])
    one("batch_normalization", "BatchNormalization", {"x": floats(2, 3, 4, 2)},
        weights={"s": floats(3), "b": floats(3), "m": floats(3), "v": np.abs(floats(3)) + 0.1}, epsilon=1e-3)
    save("conv_folded", [
        h.make_node("Conv", ["x", "w"], ["a"], pads=[1, 1, 1, 1]),
        h.make_node("BatchNormalization", ["a", "s", "b", "m", "v"], ["c"]),
        h.make_node("Mul", ["c", "f"], ["d"]),
        h.make_node("Add", ["d", "e"], ["y"]),
    ], {"x": floats(1, 2, 5, 6)}, ["y"],
        weights={"w": floats(3, 2, 3, 3), "s": floats(3), "b": floats(3), "m": floats(3),
                 "v": np.abs(floats(3)) + 0.1, "f": floats(1, 3, 1, 1), "e": floats(3, 1, 1)})


def pools():
    x = {"x": floats(1, 3, 9, 10)}
    one("max_pool", "MaxPool", x, kernel_shape=[3, 2], strides=[2, 2], pads=[1, 0, 1, 1])
    one("max_pool_indices", "MaxPool", {"x": floats(2, 2, 5, 5)}, outputs=("y", "i"), kernel_shape=[3, 3], strides=[2, 1])
    one("max_pool_ceil", "MaxPool", x, kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)
    one("max_pool_dilated", "MaxPool", x, kernel_shape=[2, 3], dilations=[3, 2])
    one("average_pool", "AveragePool", x, kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    one("average_pool_padding", "AveragePool", x, kernel_shape=[2, 3], pads=[1, 1, 0, 1], count_include_pad=1)
    one("average_pool_same", "AveragePool", {"x": floats(1, 2, 13)}, kernel_shape=[4], strides=[3], auto_pad="SAME_UPPER")
    one("lp_pool", "LpPool", x, kernel_shape=[2, 2], strides=[2, 2], p=3)
    one("global_max_pool", "GlobalMaxPool", x)
    one("global_lp_pool", "GlobalLpPool", x)


def recurrent():
    def layer(name, op, gates, directions, inputs=(), weights=None, **attributes):
        t, n, k, m = 5, 3, 4, 6
        data = {"x": floats(t, n, k)}
        all_weights = {"w": floats(directions, gates * m, k), "r": floats(directions, gates * m, m)}
        names = ["x", "w", "r"]
        optional = {"b": floats(directions, 2 * gates * m), "lengths": np.array([5, 2, 3], np.int32),
                    "h": floats(directions, n, m), "c": floats(directions, n, m), "p": floats(directions, 3 * m)}
        for key in ["b", "lengths", "h"] + (["c", "p"] if op == "LSTM" else []):
            names.append(key if key in inputs else "")
            if key in inputs:
                all_weights[key] = optional[key]
        outputs = ["y", "last"] + (["cell"] if op == "LSTM" else [])
        node = h.make_node(op, names, outputs, hidden_size=m, **attributes)
        save(name, [node], data, outputs, weights=all_weights)

    layer("lstm", "LSTM", 4, 1)
    layer("lstm_all", "LSTM", 4, 2, ("b", "lengths", "h", "c", "p"), direction="bidirectional", clip=1.5)
    layer("lstm_functions", "LSTM", 4, 1, ("b",), direction="reverse", activations=["HardSigmoid", "Softsign", "LeakyRelu"],
          activation_alpha=[0.3, 0.05], activation_beta=[0.4])
    layer("gru", "GRU", 3, 1, ("b", "h"))
    layer("gru_linear", "GRU", 3, 2, ("b", "lengths"), direction="bidirectional", linear_before_reset=1)
    layer("rnn", "RNN", 1, 1, ("b", "lengths", "h"), direction="reverse", activations=["Relu"])


def resizes():
    def resize(name, x, scales=None, sizes=None, roi=None, opset=18, open_dims=None, **attributes):
        weights = {}
        if roi is not None:
            weights["roi"] = np.array(roi, np.float32)
        if scales is not None:
            weights["scales"] = np.array(scales, np.float32)
        else:
            weights["sizes"] = np.array(sizes, np.int64)
        names = ["x", "roi" if roi is not None else "", "scales" if scales is not None else "",
                 "sizes" if sizes is not None else ""]
        node = h.make_node("Resize", names[:3] if sizes is None else names, ["y"], **attributes)
        save(name, [node], {"x": x}, ["y"], opset, weights, open_dims)

    x = floats(1, 2, 5, 6)
    resize("resize_nearest", x, [1, 1, 2, 3], mode="nearest", coordinate_transformation_mode="asymmetric",
           nearest_mode="floor", open_dims={"x": [1, 2, "height", "width"]})
    resize("resize_nearest_sizes", x, sizes=[1, 2, 7, 4], mode="nearest", nearest_mode="round_prefer_ceil")
    resize("resize_nearest_ceil", x, [1, 1, 0.7, 1.6], mode="nearest", nearest_mode="ceil")
    resize("resize_linear", x, [1, 1, 1.5, 0.6], mode="linear")
    resize("resize_linear_corners", x, sizes=[1, 2, 9, 4], mode="linear", coordinate_transformation_mode="align_corners")
    resize("resize_linear_pytorch", x, sizes=[1, 2, 1, 12], mode="linear", coordinate_transformation_mode="pytorch_half_pixel")
    resize("resize_linear_antialias", x, sizes=[1, 2, 3, 2], mode="linear", antialias=1)
    resize("resize_linear_crop", x, sizes=[1, 2, 4, 4], roi=[0, 0, -0.1, 0.2, 1, 1, 0.8, 1.2], mode="linear",
           coordinate_transformation_mode="tf_crop_and_resize", extrapolation_value=9.0)
    resize("resize_cubic", x, [1, 1, 1.8, 0.5], mode="cubic", cubic_coeff_a=-0.5)
    resize("resize_cubic_outside", x, [1, 1, 2, 2], mode="cubic", exclude_outside=1)
    resize("resize_ratio", x, sizes=[7, 7], mode="linear", axes=[2, 3], keep_aspect_ratio_policy="not_larger")
    one("upsample", "Upsample", {"x": x}, opset=9, weights={"s": np.array([1, 1, 2, 2], np.float32)}, mode="linear")


convolutions()
pools()
recurrent()
resizes()
