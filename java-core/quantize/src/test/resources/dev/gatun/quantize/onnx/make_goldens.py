"""What ONNX Runtime computes with the models that OnnxCases.main wrote into a folder.

Usage: python make_goldens.py FOLDER > goldens.txt (onnx 1.23, onnxruntime 1.29.0). A line: the case, then the outputs.
The optimizer stays off, so that operators run as they stand in the file; then it is switched on, and must agree.
"""

import pathlib
import sys

import numpy as np
import onnx
import onnxruntime as ort
from onnx import numpy_helper as nh


def run(path, inputs, level):
    options = ort.SessionOptions()
    options.graph_optimization_level = level
    options.log_severity_level = 3
    session = ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return session.run(["y"], inputs)[0].ravel()


for path in sorted(pathlib.Path(sys.argv[1]).glob("*.onnx"), key=lambda path: path.stem):
    model = onnx.load(path)
    onnx.checker.check_model(model)
    inputs = {
        i.name[3:]: nh.to_array(i) for i in model.graph.initializer if i.name.startswith("in:")
    }
    plain = run(path, inputs, ort.GraphOptimizationLevel.ORT_DISABLE_ALL)
    fused = run(path, inputs, ort.GraphOptimizationLevel.ORT_ENABLE_ALL)
    worst = np.abs(plain - fused).max() / np.abs(plain).max()
    print(path.stem, worst, file=sys.stderr)
    print(path.stem, *(f"{x:.6g}" for x in plain))
