"""Writes mlx.tsv: what MLX's affine quantization makes of one matrix. Needs: mlx mlx-cpu ml_dtypes numpy (MLX 0.32.4, CPU)."""
import hashlib
import os
import zlib

import ml_dtypes
import mlx.core as mx
import numpy as np


def weights(name, shape):  # as in make_goldens.py
    i = np.arange(int(np.prod(shape)), dtype=np.uint64)
    h = (zlib.crc32(name.encode()) + i * 2654435761) & 0xFFFFFFFF
    h ^= h >> 15
    h = (h * 2246822519) & 0xFFFFFFFF
    h ^= h >> 13
    return (((h >> 8).astype(np.int64) - (1 << 23)).astype(np.float32) / np.float32(1 << 24)).reshape(shape)


w = weights("layer.weight", (12, 256))
w[0] = 0
w[1] = 0.5
w[2] = np.arange(256, dtype=np.float32) / 256
w[3] = -w[2]
w[4, 7] = 100
KINDS = {"F32": (np.float32, mx.float32), "F16": (np.float16, mx.float16), "BF16": (ml_dtypes.bfloat16, mx.bfloat16)}


def digest(a):
    kind = {mx.uint32: np.uint32, mx.float32: np.uint32}.get(a.dtype, np.uint16)
    return hashlib.sha256(np.array(a if a.dtype == mx.uint32 else a.view(mx.uint32 if kind is np.uint32 else mx.uint16)).tobytes()).hexdigest()[:16]


with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "mlx.tsv"), "w") as out:
    for name, (kind, dtype) in KINDS.items():
        x = mx.array(w.astype(kind).view(np.uint16 if kind is not np.float32 else np.uint32)).view(dtype)
        for bits in (2, 3, 4, 5, 6, 8):
            for group in (32, 64, 128):
                q, s, b = mx.quantize(x, group_size=group, bits=bits)
                back = mx.dequantize(q, s, b, group_size=group, bits=bits)
                out.write("\t".join([name, str(bits), str(group), digest(q), digest(s), digest(b), digest(back)]) + "\n")
