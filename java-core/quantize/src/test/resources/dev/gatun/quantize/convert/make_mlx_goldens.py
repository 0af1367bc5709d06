"""Writes what MLX's quantization makes of one matrix, affine (mlx.tsv) and otherwise (mlx-modes.tsv), and mlx-lm's recipes (mlx-recipes.tsv).

Needs: mlx mlx-cpu ml_dtypes numpy mlx-lm (MLX 0.32.4, CPU; mlx-lm 0.32.2).
"""
import hashlib
import os
import zlib

import ml_dtypes
import mlx.core as mx
import numpy as np
from mlx_lm.convert import QUANT_RECIPES, mixed_quant_predicate_builder


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
    return hashlib.sha256(np.array(a if a.dtype in (mx.uint32, mx.uint8) else a.view(mx.uint32 if kind is np.uint32 else mx.uint16)).tobytes()).hexdigest()[:16]


HERE = os.path.dirname(os.path.abspath(__file__))

with open(os.path.join(HERE, "mlx.tsv"), "w") as out:
    for name, (kind, dtype) in KINDS.items():
        x = mx.array(w.astype(kind).view(np.uint16 if kind is not np.float32 else np.uint32)).view(dtype)
        for bits in (2, 3, 4, 5, 6, 8):
            for group in (32, 64, 128):
                q, s, b = mx.quantize(x, group_size=group, bits=bits)
                back = mx.dequantize(q, s, b, group_size=group, bits=bits)
                out.write("\t".join([name, str(bits), str(group), digest(q), digest(s), digest(b), digest(back)]) + "\n")

# Ties between codes, and magnitudes around powers of two, among the rows.
w[5] = np.arange(-128, 128, dtype=np.float32) / 4
w[6] = (np.arange(256, dtype=np.float32) - 128) / 32
w[7] = 6 * np.exp2(np.arange(256, dtype=np.float32) // 16 - 8) * (1 + 2.0 ** -23 * (np.arange(256) % 3))
w[8] *= np.float32(1e-6)
with open(os.path.join(HERE, "mlx-modes.tsv"), "w") as out:
    for name, (kind, dtype) in KINDS.items():
        x = mx.array(w.astype(kind).view(np.uint16 if kind is not np.float32 else np.uint32)).view(dtype)
        for mode in ("mxfp4", "mxfp8", "nvfp4"):
            q, s = mx.quantize(x, mode=mode)
            back = mx.dequantize(q, s, mode=mode, dtype=mx.bfloat16)
            out.write("\t".join([name, mode, digest(q), digest(s), digest(back)]) + "\n")


class Model:
    """As much of a model as a recipe asks for."""

    def __init__(self, layers):
        self.layers = range(layers)
        parts = ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj", "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"]
        self.names = ["model.embed_tokens"] + [f"model.layers.{i}.{part}" for i in range(layers) for part in parts] + ["lm_head"]

    def named_modules(self):
        return [(name, None) for name in self.names]


with open(os.path.join(HERE, "mlx-recipes.tsv"), "w") as out:
    for recipe in QUANT_RECIPES:
        for layers in (2, 9, 30):
            model = Model(layers)
            predicate = mixed_quant_predicate_builder(recipe, model, 64)
            bits = "".join(str(predicate(name, None)["bits"]) for name in model.names)
            out.write(f"{recipe}\t{layers}\t{bits}\n")
