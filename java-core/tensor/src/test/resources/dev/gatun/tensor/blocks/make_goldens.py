"""Makes the goldens beside this file; see README.md for the command and the packages.

Oracle: the C functions of ggml's own base library, called through ctypes. Where the Python packages gguf and libgguf
know a type too, all of them must agree bit for bit, NaN payloads aside, or nothing is written.
"""
import ctypes
import gzip
import hashlib
import sys
import warnings
from pathlib import Path

import gguf
import libgguf
import numpy as np

HERE = Path(__file__).parent
LIB = ctypes.CDLL(sys.argv[1])
MASK = (1 << 64) - 1

# name: (elements, bytes, C function)
TYPES = {
    "F16": (1, 2, "ggml_fp16_to_fp32_row"), "BF16": (1, 2, "ggml_bf16_to_fp32_row"),
    "Q4_0": (32, 18, "q4_0"), "Q4_1": (32, 20, "q4_1"), "Q5_0": (32, 22, "q5_0"), "Q5_1": (32, 24, "q5_1"),
    "Q8_0": (32, 34, "q8_0"), "Q2_K": (256, 84, "q2_K"), "Q3_K": (256, 110, "q3_K"), "Q4_K": (256, 144, "q4_K"),
    "Q5_K": (256, 176, "q5_K"), "Q6_K": (256, 210, "q6_K"), "Q8_K": (256, 292, "q8_K"),
    "IQ1_S": (256, 50, "iq1_s"), "IQ1_M": (256, 56, "iq1_m"), "IQ2_XXS": (256, 66, "iq2_xxs"),
    "IQ2_XS": (256, 74, "iq2_xs"), "IQ2_S": (256, 82, "iq2_s"), "IQ3_XXS": (256, 98, "iq3_xxs"),
    "IQ3_S": (256, 110, "iq3_s"), "IQ4_NL": (32, 18, "iq4_nl"), "IQ4_XS": (256, 136, "iq4_xs"),
    "TQ1_0": (256, 54, "tq1_0"), "TQ2_0": (256, 66, "tq2_0"), "MXFP4": (32, 17, "mxfp4"), "NVFP4": (64, 36, "nvfp4"),
    "Q1_0": (128, 18, "q1_0"), "Q2_0": (64, 18, "q2_0"),
}
ENCODERS = {
    "F16": "ggml_fp32_to_fp16_row", "BF16": "ggml_fp32_to_bf16_row_ref",
    "Q4_0": "q4_0", "Q4_1": "q4_1", "Q5_0": "q5_0", "Q5_1": "q5_1", "Q8_0": "q8_0",
}


def words(seed, count):
    """SplitMix64 (Steele, Lea, Flood 2014): the stream that the test generates too."""
    z = (np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)) + np.uint64(seed)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def stream(seed, size):
    return words(seed, (size + 7) // 8).tobytes()[:size]


def floats(seed, count):
    """Both signs, all mantissas, magnitudes from 2^-8 to 2^8."""
    bits = np.frombuffer(stream(seed, 4 * count), "<u4")
    return ((bits & 0x807FFFFF) | ((119 + (bits >> 23 & 15)) << 23)).astype("<u4").view("<f4")


def canonical(values):
    values = np.ascontiguousarray(values, "<f4").copy()
    values[np.isnan(values)] = np.float32(np.nan)
    return values


def decode(name, data):
    elements, size, function = TYPES[name]
    count = len(data) // size * elements
    out = np.empty(count, "<f4")
    function = function if function.endswith("row") else "dequantize_row_" + function
    src = ctypes.create_string_buffer(data, len(data))
    getattr(LIB, function)(src, out.ctypes.data_as(ctypes.c_void_p), ctypes.c_int64(count))
    out = canonical(out)
    for oracle in (by_gguf, by_libgguf):
        other = oracle(name, data, count)
        if other is not None:
            AGREED.setdefault(name, []).append(oracle.__name__[3:])
            other = canonical(other)
            bad = np.flatnonzero(out.view("u4") != other.view("u4"))
            assert bad.size == 0, (name, oracle.__name__, bad[:4], out[bad[:4]], other[bad[:4]])
    return out


def by_gguf(name, data, count):
    qtype = getattr(gguf.GGMLQuantizationType, name, None)
    if name == "Q8_K" or qtype is None:
        return None
    try:
        raw = np.frombuffer(data, np.uint8)
        raw = raw.view(np.float16) if name == "F16" else raw.reshape(-1, TYPES[name][1])
        return gguf.quants.dequantize(raw, qtype).reshape(-1)
    except NotImplementedError:
        return None


def by_libgguf(name, data, count):
    qtype = getattr(libgguf.GGMLQuantizationType, name, None)
    if qtype is None or name in ("F16", "BF16"):
        return None
    try:
        raw = np.frombuffer(data, np.uint8).reshape(-1, TYPES[name][1])
        return np.asarray(libgguf.dequantize_rows(raw, qtype), np.float32).reshape(-1)
    except (ValueError, NotImplementedError, RuntimeError, TypeError) as e:
        print("libgguf", name, e, file=sys.stderr)
        return None


def encode(name, values):
    elements, size, _ = TYPES[name]
    function = ENCODERS[name]
    function = function if "row" in function else f"quantize_row_{function}_ref"
    out = ctypes.create_string_buffer(len(values) // elements * size)
    src = np.ascontiguousarray(values, "<f4")
    getattr(LIB, function)(src.ctypes.data_as(ctypes.c_void_p), out, ctypes.c_int64(len(values)))
    return out.raw


def edge_rows():
    rows = [np.zeros(32), np.full(32, -0.0), np.full(32, 1.5), np.full(32, -3.25), np.arange(32), -np.arange(32),
            np.arange(32) - 15.5, np.where(np.arange(32) == 7, 1000.0, 0.001), np.full(32, 1e-40), np.full(32, 6e-8),
            np.where(np.arange(32) % 2, 1e-41, -1e-44), np.full(32, 65504.0), np.full(32, 65520.0),
            np.where(np.arange(32) % 2, 3e38, -3e38), np.arange(-127, 127, 8) + 0.5, (np.arange(32) - 8) / 2 * 7,
            np.where(np.arange(32) == 31, -8.0, 8.0), np.where(np.arange(32) == 0, 127.0, np.arange(32) + 0.5)]
    return np.concatenate([np.asarray(r, "<f4") for r in rows] + [floats(5, 32 * 16)])


def write(path, data):
    path.write_bytes(gzip.compress(data, 9, mtime=0))


AGREED = {}
sums = []
warnings.simplefilter("ignore")
for index, (name, (elements, size, _)) in enumerate(TYPES.items()):
    blocks = 64 if elements == 1 else 8
    data = bytes(size) + b"\xff" * size + stream(1000 + index, size * (blocks - 2))
    write(HERE / f"{name}.decode.gz", data + decode(name, data).tobytes())
    seed, blocks = 2000 + index, 200_000 // elements
    digest = hashlib.sha256(decode(name, stream(seed, size * blocks)).tobytes()).hexdigest()
    sums.append(f"decode\t{name}\t{seed}\t{blocks}\t{digest}")
edges = edge_rows()
write(HERE / "edges.gz", edges.tobytes())
for index, name in enumerate(ENCODERS):
    write(HERE / f"{name}.encode.gz", encode(name, edges))
    seed, blocks = 3000 + index, 200_000 // TYPES[name][0]
    values = floats(seed, blocks * TYPES[name][0])
    expected = encode(name, values)
    qtype = gguf.GGMLQuantizationType[name]
    assert gguf.quants.quantize(values.reshape(blocks, -1), qtype).tobytes() == expected, name
    if TYPES[name][0] > 1:
        other = libgguf.quantize_rows(values.reshape(blocks, -1), libgguf.GGMLQuantizationType[name])
        assert np.asarray(other).tobytes() == expected, name
    sums.append(f"encode\t{name}\t{seed}\t{blocks}\t{hashlib.sha256(expected).hexdigest()}")
(HERE / "sums.tsv").write_text("\n".join(sums) + "\n")
for name in TYPES:
    print(name, "ggml", *sorted(set(AGREED.get(name, []))))
