"""What ONNX Runtime's own GPTQ and HQQ make of pseudo-random matrices.

Usage: python make_learned.py > learned.txt (numpy 2.4, onnxruntime 1.29.0). Lines:
  gptq BITS BLOCK K N, then the K N dequantized weights, row by row
  hqq BITS BLOCK K N, then the mean magnitude of the error
The matrices are BlocksTest.matrix, the activations LearnedTest.inputs. Blocks of GPTQ's updates are those of the scales: with longer ones
onnxruntime takes a scale from weights that its earlier rows have not corrected yet. onnxruntime 1.29.0 also reads the wrong half of its
triangular factor (Hinv[i:, i] of an upper one, which is 0 below the diagonal), so that no error is made good: it gives what rounding gives. Here
the factor is handed to it transposed, which is what its lines need, and what the paper says. ONNX Runtime's HQQ computes with PyTorch; here its
functions, as they are, are given NumPy arrays that answer to the names of PyTorch which they use.
"""

import contextlib
import io
import sys
import types
from unittest import mock

import numpy as np
from onnxruntime.quantization.matmul_nbits_quantizer import HQQWeightOnlyQuantizer
from onnxruntime.quantization.neural_compressor.weight_only import gptq

with contextlib.redirect_stdout(io.StringIO()):
    from make_blocks import matrix

ROWS = 160
CHOLESKY = np.linalg.cholesky


def inputs(k):
    """Channels of different sizes that depend on each other; the eighth is always 0."""
    state = 7
    x = np.zeros((ROWS, k), np.float32)
    for row in range(ROWS):
        state = (state * 1664525 + 1013904223) % 2**32
        common = np.float32((state >> 8) / 2**23 - 1)
        for i in range(k):
            state = (state * 1664525 + 1013904223) % 2**32
            own = np.float32((state >> 8) / 2**23 - 1)
            x[row, i] = np.float32(8 if i % 13 == 0 else 1) * (common + np.float32(0.5) * own)
    x[:, 7] = 0
    return x


class Array(np.ndarray):
    """A NumPy array under the names of PyTorch."""

    is_cuda = False

    def to(self, dtype):
        return self.astype(dtype).view(Array)

    def float(self):
        return self.to(np.float32)

    def int(self):
        return self.to(np.int32)

    def clamp(self, min=None, max=None):
        return np.clip(self, min, max)

    def min(self, axis=None, keepdim=False, **_):
        return (np.min(np.asarray(self), axis=axis, keepdims=keepdim).view(Array),)

    def max(self, axis=None, keepdim=False, **_):
        return (np.max(np.asarray(self), axis=axis, keepdims=keepdim).view(Array),)


torch = types.ModuleType("torch")
torch.float16, torch.float32 = np.float16, np.float32
torch.abs, torch.sign, torch.round, torch.pow = np.abs, np.sign, np.round, np.power
torch.mean = lambda x, axis, keepdim: np.mean(x, axis=axis, keepdims=keepdim)
torch.nn = types.SimpleNamespace(
    functional=types.SimpleNamespace(
        relu=lambda x: np.maximum(x, 0),
        pad=lambda x, sides, mode, value: np.pad(np.asarray(x), ((0, 0), (sides[0], sides[1]))).view(Array),
    )
)
torch.cuda = types.SimpleNamespace(empty_cache=lambda: None, is_available=lambda: False)
sys.modules["torch"] = torch

for bits, block, k, n in ((4, 16, 64, 9), (4, 32, 96, 8), (2, 16, 64, 8), (8, 32, 64, 8)):
    x = inputs(k).astype(np.float64)
    with mock.patch("numpy.linalg.cholesky", lambda m: CHOLESKY(m).T):
        q = gptq(matrix(k, n).astype(np.float64), x.T @ x / ROWS, bits, block, "asym", blocksize=block)
    print("gptq", bits, block, k, n, *(f"{v:.6g}" for v in q.flatten()))
for bits, block, k, n in ((4, 32, 256, 24), (4, 64, 256, 24), (2, 16, 256, 24), (8, 32, 256, 24)):
    w = matrix(k, n)
    quantizer = HQQWeightOnlyQuantizer(types.SimpleNamespace(bits=bits, block_size=block))
    codes, scales, zeros = quantizer.quantize_internal(w.T.copy().view(Array), bits=bits, group_size=block)
    codes = np.asarray(codes, np.float64).reshape(n, -1, block)
    back = (codes - np.asarray(zeros, np.float64).reshape(n, -1, 1)) * np.asarray(scales, np.float64).reshape(n, -1, 1)
    print("hqq", bits, block, k, n, f"{np.abs(back.reshape(n, -1)[:, :k] - w.T).mean():.6g}")
