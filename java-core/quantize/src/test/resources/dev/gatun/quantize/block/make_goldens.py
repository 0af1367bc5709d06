"""Makes goldens.tsv and, with models, real.tsv beside this file:

    make_goldens.py LIBGGML_BASE [MINILM.onnx SMOLLM2.gguf]
    make_goldens.py LIBGGML_BASE ROWS COLUMNS OUTPUT     other sizes, for the property gatun.quantize.goldens

Oracle: ggml_quantize_chunk of llama.cpp's own base library (libggml-base.so, built for x86-64 without -march flags, so
that nothing is contracted to fused multiply-add), called through ctypes. Each line: type, kind of importance, kind of
rows or model, the first 16 digits of the SHA-256 of the blocks, or "abort" where ggml ends the process. The rows are
made from integers by SplitMix64, as Rows.java makes them; those of models are the first of one tensor. Packages: numpy;
for models onnx and gguf. The models: scripts/gatun pull minilm smollm2.
"""
import ctypes
import hashlib
import os
import sys
from pathlib import Path

import numpy as np

LIB = ctypes.CDLL(sys.argv[1])
ROWS, COLUMNS = (int(sys.argv[2]), int(sys.argv[3])) if len(sys.argv) > 4 else (3, 768)
OUTPUT = Path(sys.argv[4]) if len(sys.argv) > 4 else Path(__file__).parent / "goldens.tsv"
MODELS = sys.argv[2:4] if len(sys.argv) == 4 else None
REAL_ROWS, REAL_COLUMNS = 64, 1536
MINILM_TENSOR, SMOLLM2_TENSOR = "onnx::MatMul_896", "blk.3.ffn_down.weight"

# name: (number in ggml, elements, bytes, whether an importance can be given, whether it must be)
TYPES = {
    "F16": (1, 1, 2, 0, 0), "BF16": (30, 1, 2, 0, 0),
    "Q4_0": (2, 32, 18, 1, 0), "Q4_1": (3, 32, 20, 1, 0), "Q5_0": (6, 32, 22, 1, 0), "Q5_1": (7, 32, 24, 1, 0),
    "Q8_0": (8, 32, 34, 1, 0), "Q2_K": (10, 256, 84, 1, 0), "Q3_K": (11, 256, 110, 1, 0),
    "Q4_K": (12, 256, 144, 1, 0), "Q5_K": (13, 256, 176, 1, 0), "Q6_K": (14, 256, 210, 1, 0),
    "IQ4_NL": (20, 32, 18, 1, 0), "IQ4_XS": (23, 256, 136, 1, 0), "TQ1_0": (34, 256, 54, 1, 0),
    "TQ2_0": (35, 256, 66, 1, 0), "MXFP4": (39, 32, 17, 1, 0), "NVFP4": (40, 64, 36, 1, 0),
    "Q1_0": (41, 128, 18, 1, 0), "Q2_0": (42, 64, 18, 1, 0), "IQ3_XXS": (18, 256, 98, 1, 0),
    "IQ3_S": (21, 256, 110, 1, 0), "IQ2_XXS": (16, 256, 66, 1, 1), "IQ2_XS": (17, 256, 74, 1, 1),
    "IQ2_S": (22, 256, 82, 1, 0), "IQ1_S": (19, 256, 50, 1, 1), "IQ1_M": (29, 256, 56, 1, 0),
}
KINDS = [
    "normal", "heavy", "channels", "bfloat", "zeros", "negative-zeros", "sparse", "subnormal", "constant", "positive",
    "negative", "outlier", "grid", "ties", "large", "overflow", "tiny", "fading",
    "powers",
]
IMPORTANCES = ["none", "equal", "varied", "zeros"]


def words(seed, count):
    """SplitMix64 (Steele, Lea, Flood 2014)."""
    with np.errstate(over="ignore"):
        state = np.uint64(seed) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def bits(word, shift, mask):
    return ((word >> np.uint64(shift)) & np.uint64(mask)).astype(np.int64)


def bell(a, b):
    """Integers of magnitudes below 2^23, spread like a bell curve."""
    total = sum(bits(a, shift, 0xFFFF) for shift in (0, 16, 32, 48)) - 131070
    return total * 64 + bits(b, 0, 63)


def trailing_zeros(value):
    value = value | (1 << 12)
    return np.log2((value & -value).astype(np.float64)).astype(np.int64)


def power(values, exponent):
    return np.ldexp(values.astype(np.float64), exponent).astype(np.float32)


def values(kind, rows, columns):
    count = rows * columns
    both = words(100 + KINDS.index(kind), 2 * count)
    a, b = both[0::2], both[1::2]
    i = np.arange(count)
    column = i % columns
    x = bell(a, b)
    normal = power(x, -26)
    zeros = np.where(bits(a, 0, 1) == 1, np.float32(-0.0), np.float32(0.0))
    if kind == "heavy":
        return power(x, -26 + trailing_zeros(bits(b, 8, 0xFFF)))
    if kind == "channels":
        return power(x, -29 + column % 7)
    if kind == "bfloat":
        return (normal.view(np.uint32) & np.uint32(0xFFFF0000)).view(np.float32)
    if kind == "zeros":
        return np.zeros(count, np.float32)
    if kind == "negative-zeros":
        return zeros
    if kind == "sparse":
        return np.where(bits(b, 10, 15) == 0, normal, zeros)
    if kind == "subnormal":
        return (bits(a, 8, 0x807FFFFF).astype(np.uint32)).view(np.float32)
    if kind == "constant":
        return normal[i - i % 32]
    if kind == "positive":
        return np.abs(normal)
    if kind == "negative":
        return -np.abs(normal)
    if kind == "outlier":
        return np.where(i % 256 == 77, power(x, -18), normal)
    if kind == "grid":
        return power(bits(a, 20, 15) - 8, -6)
    if kind == "ties":
        return power(bits(a, 20, 63) - 32, -8)
    if kind == "large":
        return power(x, -8)
    if kind == "overflow":
        return power(x, 78)
    if kind == "tiny":
        return power(x, -120)
    if kind == "powers":
        number = ((i // 32 % 40 + 99) << 23) - bits(a, 20, 7) + (bits(a, 0, 1) << 31)
        return number.astype(np.uint32).view(np.float32)
    if kind == "fading":
        return power(x, -26 - column // 32 * 2)
    return normal


def importance(kind, columns):
    if kind == "equal":
        return np.ones(columns, np.float32)
    both = words(200, 2 * columns)
    a, b = both[0::2], both[1::2]
    varied = power(bits(a, 40, 0xFFFF) + 1, -8 + trailing_zeros(bits(b, 8, 0xFFF)))
    if kind == "varied":
        return varied
    column = np.arange(columns)
    cleared = (bits(b, 20, 3) == 0) | ((column >= 256) & (column < 288)) | (column >= 512)
    return np.where(cleared, np.float32(0), varied)


def real(minilm, smollm2):
    import gguf
    import onnx
    from onnx import numpy_helper

    initializers = {tensor.name: tensor for tensor in onnx.load(minilm).graph.initializer}
    stored = {tensor.name: tensor for tensor in gguf.GGUFReader(smollm2).tensors}[SMOLLM2_TENSOR]
    models = {
        "minilm": numpy_helper.to_array(initializers[MINILM_TENSOR]),
        "smollm2": gguf.quants.dequantize(stored.data, stored.tensor_type),
    }
    for name, tensor in models.items():
        assert tensor.dtype == np.float32 and tensor.shape[1] == REAL_COLUMNS, (name, tensor.shape)
    return {name: tensor[:REAL_ROWS] for name, tensor in models.items()}


def quantize(number, x, weights, size):
    out = (ctypes.c_ubyte * size)()
    floats = ctypes.POINTER(ctypes.c_float)
    data = np.ascontiguousarray(x, np.float32)
    rows, columns = data.shape
    written = LIB.ggml_quantize_chunk(
        ctypes.c_int(number), data.ctypes.data_as(floats), out, ctypes.c_int64(0), ctypes.c_int64(rows),
        ctypes.c_int64(columns), None if weights is None else weights.ctypes.data_as(floats))
    assert written == size
    return hashlib.sha256(bytes(out)).hexdigest()[:16]


def quantize_apart(number, x, weights, size):
    """In a child, because ggml aborts on what it cannot quantize."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        os.write(write, quantize(number, x, weights, size).encode())
        os._exit(0)
    os.close(write)
    digest = os.read(read, 64).decode()
    os.close(read)
    os.waitpid(child, 0)
    return digest or "abort"


def record(rows, importances, path):
    count, columns = next(iter(rows.values())).shape
    weights = {kind: None if kind == "none" else importance(kind, columns) for kind in importances}
    lines = [f"rows\t{count}\tcolumns\t{columns}"]
    for name, (number, elements, size, can, must) in TYPES.items():
        LIB.ggml_quantize_init(number)
        for given in importances:
            if (given == "none" and must) or (given != "none" and not can):
                continue
            for kind, x in rows.items():
                digest = quantize_apart(number, x, weights[given], count * columns // elements * size)
                lines.append(f"{name}\t{given}\t{kind}\t{digest}")
    path.write_text("\n".join(lines) + "\n")


def main():
    LIB.ggml_quantize_chunk.restype = ctypes.c_size_t
    rows = {kind: values(kind, ROWS, COLUMNS).reshape(ROWS, COLUMNS) for kind in KINDS}
    record(rows, IMPORTANCES, OUTPUT)
    if MODELS:
        record(real(*MODELS), ["none", "varied"], Path(__file__).parent / "real.tsv")


main()
