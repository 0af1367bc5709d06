"""Ranges that ONNX Runtime's calibrator finds in pseudo-random batches.

Usage: python make_ranges.py > ranges.txt (numpy 2.4, onnxruntime 1.29.0, scipy). A line: method, bins, levels or percentile,
low, high. The batches are RangesTest.batch.
"""

import contextlib
import io

import numpy as np
from onnxruntime.quantization.calibrate import HistogramCollector


def batch(index, size):
    state = index * 977 + 5
    values = np.zeros(size, np.float32)
    for i in range(size):
        state = (state * 1664525 + 1013904223) % 2**32
        u = (state >> 8) / 2**23 - 1
        values[i] = np.float32(u * u * u * (1 + index))
    return values


for method, bins, parameter in (
    ("entropy", 128, 128),
    ("entropy", 1001, 128),
    ("entropy", 2048, 128),
    ("percentile", 2048, 99.0),
    ("percentile", 2048, 99.99),
    ("percentile", 500, 90.0),
):
    with contextlib.redirect_stdout(io.StringIO()):
        collector = HistogramCollector(
            method, False, bins, int(parameter) if method == "entropy" else 128, parameter, "same"
        )
        for index in range(3):
            collector.collect({"x": batch(index, 4000)})
        low, high = collector.compute_collection_result()["x"][:2]
    print(method, bins, parameter, float(low), float(high))
