"""Digests of what ONNX Runtime's quantizer makes of pseudo-random matrices, in blocks.

Usage: python make_blocks.py > blocks.txt (numpy 2.4, onnxruntime 1.29.0). A line: bits, block, symmetric, K, N, then the
first 16 digits of the SHA-256 of codes, scales and zero points. The matrices are BlocksTest.matrix.
"""

import hashlib

import numpy as np
from onnxruntime.capi._pybind_state import (
    quantize_matmul_2bits,
    quantize_matmul_4bits,
    quantize_matmul_8bits,
)

QUANTIZE = {2: quantize_matmul_2bits, 4: quantize_matmul_4bits, 8: quantize_matmul_8bits}


def matrix(k, n):
    state = k * 31 + n
    values = np.zeros(k * n, np.float32)
    for i in range(k * n):
        state = (state * 1664525 + 1013904223) % 2**32
        values[i] = np.float32((state >> 8) / 2**23 - 1)
    values = values.reshape(k, n)
    values[:, 0] = 0  # nothing
    values[:, 1] = np.float32(0.37)  # a constant
    values[0, 2] = 40  # an outlier
    values[:, 3] = np.abs(values[:, 3])  # one sign
    values[:, 4] = -np.abs(values[:, 4])
    values[:, 5] = ((np.arange(k) % 15) - 7) / np.float32(2)  # halves between codes
    values[0, 5], values[1, 5] = 4, -4  # equal magnitudes
    values[:, 6] *= np.float32(1e-41)  # subnormal
    return values


def digest(array):
    return hashlib.sha256(array.tobytes()).hexdigest()[:16]


for bits in (2, 4, 8):
    for block in (16, 32, 64, 128, 256):
        for symmetric in (True, False):
            for k, n in ((256, 24), (300, 9), (384, 16)) + (((39, 7),) if bits > 2 else ()):
                blocks = -(-k // block)
                weights = np.zeros((blocks * block, n), np.float32)
                weights[:k] = matrix(k, n)
                codes = np.zeros((n, blocks, block * bits // 8), np.uint8)
                scales = np.zeros(n * blocks, np.float32)
                zeros = np.zeros((n, -(-blocks * bits // 8)), np.uint8)
                QUANTIZE[bits](codes, weights, scales, zeros, block, n, k, symmetric)
                if k % 2 and bits == 4:
                    # The lone half of a byte holds what happened to lie in memory.
                    codes.reshape(n, -1)[:, k // 2] &= 15
                parts = [codes, scales] + ([] if symmetric else [zeros])
                print(bits, block, symmetric, k, n, *map(digest, parts))
