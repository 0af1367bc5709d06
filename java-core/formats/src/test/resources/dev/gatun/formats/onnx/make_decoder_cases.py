"""What decoders for ONNX Runtime consist of: attention over a cache, rotary embeddings, weights in blocks; see make_cases.py.

Usage: python make_decoder_cases.py
"""

import numpy as np
from make_cases import RANDOM, floats, one, save
from onnx import TensorProto as T
from onnx import helper as h

MS = "com.microsoft"
HEADS, GROUPS, DIM = 4, 2, 16


def attention(name, lengths, tokens, past, shared=False, packed=False, rotary=False, **attributes):
    """lengths: tokens of each sequence, with those of the past; past: extent of the cache before."""
    batch = len(lengths)
    width = (HEADS + 2 * GROUPS if packed else HEADS) * DIM
    inputs = {"q": floats(batch, tokens, width)}
    if not packed:
        inputs |= {"k": floats(batch, tokens, GROUPS * DIM), "v": floats(batch, tokens, GROUPS * DIM)}
    inputs |= {"pk": floats(batch, GROUPS, past, DIM), "pv": floats(batch, GROUPS, past, DIM)}
    inputs["last"] = np.array(lengths, np.int32) - 1
    weights = {"total": np.array(max(lengths), np.int32)}
    names = ["q", "", ""] if packed else ["q", "k", "v"]
    names += ["pk", "pv", "last", "total"]
    if rotary:
        angles = np.arange(32)[:, None] * 10.0 ** -np.arange(DIM // 2)
        weights |= {"cos": np.cos(angles).astype(np.float32), "sin": np.sin(angles).astype(np.float32)}
        names += ["cos", "sin"]
        attributes["do_rotary"] = 1
    node = h.make_node("GroupQueryAttention", names, ["y", "nk", "nv"], domain=MS,
                       num_heads=HEADS, kv_num_heads=GROUPS, **attributes)
    before = [batch, GROUPS, "past", DIM]
    after = before if shared else [batch, GROUPS, "total", DIM]
    dims = {key: [batch, "steps", inputs[key].shape[2]] for key in ("q", "k", "v") if key in inputs}
    dims |= {"pk": before, "pv": before, "nk": after, "nv": after}
    save(name, [node], inputs, ["y", "nk", "nv"], weights=weights, open_dims=dims)


def rotary(name, op, x, ids, tables, domain="", opset=23, **attributes):
    inputs = {"x": x}
    order = {"cos": tables[0], "sin": tables[1]}
    names = ["x", "cos", "sin"]
    if ids is not None:
        inputs["ids"] = ids
        names = ["x", "ids", "cos", "sin"] if domain else ["x", "cos", "sin", "ids"]
    save(name, [h.make_node(op, names, ["y"], domain=domain, **attributes)], inputs, ["y"], opset, weights=order)


def tables(*shape):
    angles = floats(*shape)
    return np.cos(angles), np.sin(angles)


def halves(*shape):
    return (np.abs(floats(*shape)) * 0.05 + 0.01).astype(np.float16).astype(np.float32)


def codes(*shape):
    return RANDOM.integers(0, 256, shape).astype(np.uint8)


def product(name, rows, width, bits, block, scales, zeros=None, **attributes):
    """Activations are whole numbers that rounding to 8 bits in blocks leaves alone."""
    x = RANDOM.integers(-127, 128, (2, 3, width)).astype(np.float32)
    x[..., ::16] = 127
    weights = {"w": codes(rows, -(-width // block), block * bits // 8), "s": scales}
    if zeros is not None:
        weights["z"] = zeros
    node = h.make_node("MatMulNBits", ["x", *weights], ["y"], domain=MS,
                       K=width, N=rows, bits=bits, block_size=block, **attributes)
    save(name, [node], {"x": x}, ["y"], weights=weights, open_dims={"x": ["batch", "length", width]})


def rows(name, bits, block, shape, zeros=None):
    weights = {"w": codes(*shape[:-1], shape[-1] * bits // 8)}
    inputs = {"i": np.array([[0, 3], [-1, 2]], np.int64)}
    tail = {"s": halves(*shape[:-1], shape[-1] // block)}
    if zeros is not None:
        tail["z"] = zeros
    node = h.make_node("GatherBlockQuantized", ["w", "i", *tail], ["y"], domain=MS, bits=bits, block_size=block,
                       gather_axis=0, quantize_axis=len(shape) - 1)
    save(name, [node], inputs, ["y"], weights=weights | tail, open_dims={"i": ["batch", "length"]})


attention("gqa_first", [4], 4, 0)
attention("gqa_next", [7], 2, 5, scale=0.3)
attention("gqa_shared", [5, 8], 1, 10, shared=True)
attention("gqa_padded", [6, 4], 6, 0)
attention("gqa_window", [9], 3, 6, local_window_size=4, softcap=2.0)
attention("gqa_packed", [6], 2, 4, packed=True, rotary=True)
attention("gqa_interleaved", [6, 3], 1, 5, rotary=True, rotary_interleaved=1)
rotary("rotary_rows", "RotaryEmbedding", floats(2, 3, 4 * 8), np.array([[0, 1, 2], [5, 6, 7]]), tables(9, 4), num_heads=4)
rotary("rotary_heads", "RotaryEmbedding", floats(2, 4, 3, 8), None, tables(2, 3, 4), interleaved=1)
rotary("rotary_part", "RotaryEmbedding", floats(2, 4, 3, 8), np.array([[3, 1, 2], [5, 6, 7]]), tables(9, 2),
       rotary_embedding_dim=4)
rotary("rotary_ort", "RotaryEmbedding", floats(2, 3, 4 * 8), np.array([2]), tables(9, 4), MS, 14)
product("blocks_4_rounded", 6, 64, 4, 32, halves(6, 2), accuracy_level=4)
product("blocks_8_rounded", 6, 64, 8, 32, halves(6, 2), accuracy_level=4)
product("blocks_4_zeros", 5, 70, 4, 16, np.abs(floats(5, 5)), codes(5, 3), accuracy_level=1)
product("blocks_4_wide", 6, 128, 4, 64, halves(6, 2), codes(6, 1), accuracy_level=4)
rows("rows_4", 4, 32, (5, 2, 32))
rows("rows_8", 8, 32, (5, 64))
rows("rows_4_zeros", 4, 32, (5, 2, 32), np.zeros((5, 2, 1), np.uint8))

# Names that mean something to language models of Gatun, and nothing here.
save(
    "batch_names",
    [
        h.make_node("Cast", ["positions"], ["shift"], to=T.FLOAT),
        h.make_node("Add", ["tokens", "shift"], ["y"]),
    ],
    {"tokens": floats(5, 3), "positions": np.arange(3, dtype=np.int32)},
    ["y"],
    open_dims={"tokens": ["tokens", "rows"], "positions": ["rows"], "y": ["tokens", "rows"]},
)
