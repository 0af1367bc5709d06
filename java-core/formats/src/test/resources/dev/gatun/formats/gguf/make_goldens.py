"""Makes the goldens beside this file; see README.md for the command and the packages.

usage: make_goldens.py FOLDER-WITH-ARCH-MODELS
"""
import gzip
import hashlib
import struct
import sys
from pathlib import Path

import gguf
import numpy as np
from gguf import GGMLQuantizationType as T
from gguf import GGUFValueType as V

HERE = Path(__file__).parent


def canonical(kind, value):
    """One line per value that does not depend on how a language prints numbers."""
    if kind == V.STRING:
        return hashlib.sha256(value.encode()).hexdigest()
    if kind == V.BOOL:
        return "true" if value else "false"
    if kind in (V.FLOAT32, V.FLOAT64):
        return struct.pack(">d", float(value)).hex()
    return str(int(value))


def dump(path):
    reader = gguf.GGUFReader(path)
    for key, field in reader.fields.items():
        if key.startswith("GGUF."):
            continue
        value = field.contents()
        if field.types[0] == V.ARRAY:
            lines = "\n".join(canonical(field.types[-1], v) for v in value)
            text = f"{len(value)} {field.types[-1].name} {hashlib.sha256(lines.encode()).hexdigest()}"
        else:
            text = f"{field.types[0].name} {canonical(field.types[0], value)}"
        yield f"kv\t{key}\t{text}"
    for tensor in reader.tensors:
        shape = ",".join(str(int(d)) for d in reversed(tensor.shape))
        digest = hashlib.sha256(tensor.data.tobytes()).hexdigest()
        yield f"tensor\t{tensor.name}\t{tensor.tensor_type.name}\t{shape}\t{digest}"


def all_types(path):
    """Every metadata type, extremes included, and every tensor type that the package knows the size of."""
    w = gguf.GGUFWriter(path, "test")
    w.add_uint8("u8", 255), w.add_int8("i8", -128), w.add_uint16("u16", 65535), w.add_int16("i16", -32768)
    w.add_uint32("u32", 2**32 - 1), w.add_int32("i32", -(2**31)), w.add_float32("f32", 1.1), w.add_bool("yes", True)
    w.add_bool("no", False), w.add_string("text", "ä€𝄞\ufffd\0"), w.add_uint64("u64", 2**63 - 1)
    w.add_int64("i64", -(2**63)), w.add_float64("f64", 1.1)
    for kind, values in {
        V.UINT8: [0, 255], V.INT8: [-128, 127], V.UINT16: [65535], V.INT16: [-32768, 1], V.UINT32: [2**32 - 1, 0],
        V.INT32: [-1, 2**31 - 1], V.FLOAT32: [0.1, -0.0, float("inf")], V.BOOL: [True, False, True],
        V.STRING: ["a", "", "ß€", "<|im_end|>"], V.UINT64: [2**63 - 1, 1], V.INT64: [-(2**63), 5], V.FLOAT64: [0.1, 1e300],
    }.items():
        w.add_key_value("array." + kind.name.lower(), values, V.ARRAY, sub_type=kind)
    random = np.random.default_rng(7)
    for qtype in T:
        if qtype == T.Q8_1:
            continue  # gguf 0.19 gives it 40 bytes a block; ggml has 36
        elements, size = gguf.GGML_QUANT_SIZES[qtype]
        raw = random.integers(0, 256, (2, 3 * size), np.uint8)
        w.add_tensor("t." + qtype.name, raw, raw_dtype=qtype)
    w.add_tensor("t.scalarish", np.ones(1, np.float32))
    w.add_tensor("t.4d", np.arange(24, dtype=np.float32).reshape(2, 1, 3, 4))
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()


all_types(HERE / "all-types.gguf")
lines = []
for path in [HERE / "all-types.gguf"] + sorted(Path(sys.argv[1]).glob("*.gguf")):
    lines += [f"model\t{path.stem}"] + list(dump(path))
(HERE / "dumps.tsv.gz").write_bytes(gzip.compress(("\n".join(lines) + "\n").encode(), 9, mtime=0))
