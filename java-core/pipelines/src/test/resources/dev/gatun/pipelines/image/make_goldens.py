"""Pictures that OpenCV and Pillow scale, and what a tiny classifier says of one in ONNX Runtime.

Usage: python make_goldens.py
Makes scaled.json (pixels as 0xRRGGBB), tiny/model.onnx (random weights), tiny/labels.txt, cat.png and
labels.json; README.md has the versions.
"""

import json
import pathlib

import cv2
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from PIL import Image

HERE = pathlib.Path(__file__).resolve().parent


def numbers(picture):
    wide = picture.astype(np.int64)
    return (wide[..., 0] << 16 | wide[..., 1] << 8 | wide[..., 2]).flatten().tolist()


def classifier(path):
    rng = np.random.default_rng(6)
    weights = {
        "w": rng.normal(0, 0.3, (4, 3, 3, 3)),
        "b": rng.normal(0, 0.1, 4),
        "v": rng.normal(0, 2, (4, 5)),
        "c": rng.normal(0, 0.1, 5),
    }
    nodes = [
        helper.make_node("Conv", ["pixels", "w", "b"], ["a"], pads=[1, 1, 1, 1], strides=[2, 2]),
        helper.make_node("Relu", ["a"], ["r"]),
        helper.make_node("ReduceMean", ["r"], ["m"], axes=[2, 3], keepdims=0),
        helper.make_node("Gemm", ["m", "v", "c"], ["logits"]),
    ]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["n", 3, "h", "w_"])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["n", 5])],
        [numpy_helper.from_array(value.astype(np.float32), name) for name, value in weights.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model)
    path.parent.mkdir(exist_ok=True)
    onnx.save(model, path)
    (path.parent / "labels.txt").write_text("cat\ndog\nlock\nship\ngate\n")


def labels():
    classifier(HERE / "tiny" / "model.onnx")
    rng = np.random.default_rng(7)
    small = rng.integers(0, 256, (6, 8, 3), np.uint8)
    picture = Image.fromarray(small).resize((400, 300), Image.Resampling.BICUBIC)
    picture.save(HERE / "cat.png", optimize=True)
    scaled = picture.resize((int(400 * 256 / 300), 256), Image.Resampling.BILINEAR)
    left = round((scaled.width - 224) / 2)
    top = round((scaled.height - 224) / 2)
    cut = np.asarray(scaled.crop((left, top, left + 224, top + 224)), np.float32) / 255
    mean = np.array([0.485, 0.456, 0.406], np.float32)
    deviation = np.array([0.229, 0.224, 0.225], np.float32)
    pixels = ((cut - mean) / deviation).transpose(2, 0, 1)[None]
    session = onnxruntime.InferenceSession(HERE / "tiny" / "model.onnx")
    logits = session.run(None, {"pixels": pixels.astype(np.float32)})[0][0].astype(np.float64)
    scores = np.exp(logits - logits.max())
    (HERE / "labels.json").write_text(json.dumps({"scores": (scores / scores.sum()).tolist()}) + "\n")


def main():
    labels()
    rng = np.random.default_rng(5)
    cases = []
    sizes = [(23, 17, 32, 32), (23, 17, 9, 6), (40, 12, 13, 48), (5, 7, 5, 3), (8, 8, 4, 4), (1, 3, 4, 4)]
    for width, height, new_width, new_height in sizes:
        picture = rng.integers(0, 256, (height, width, 3), np.uint8)
        linear = cv2.resize(picture, (new_width, new_height), interpolation=cv2.INTER_LINEAR)
        smooth = Image.fromarray(picture).resize((new_width, new_height), Image.Resampling.BILINEAR)
        cases.append(
            {
                "from": [width, height],
                "to": [new_width, new_height],
                "pixels": numbers(picture),
                "opencv": numbers(linear),
                "pillow": numbers(np.asarray(smooth)),
            }
        )
    (HERE / "scaled.json").write_text(json.dumps({"cases": cases}) + "\n")


main()
