"""Writes reference.txt: results of ops by NumPy in double precision, for ReferenceTest.

    python3 make_reference_goldens.py > reference.txt      (Python 3.11, numpy 2)

Lines: `case NAME`, then `in NAME DTYPE d0,d1 : values` and `out DTYPE d0,d1 : values`.
The formulas are vectorized over whole arrays (dense masks, complex rotation), unlike the Java loops.
"""
import math
import numpy as np

rng = np.random.default_rng(20260101)


def show(kind, name, dtype, array):
    array = np.asarray(array)
    dims = ",".join(str(d) for d in array.shape) or "-"
    values = " ".join(repr(float(v)) for v in array.reshape(-1))
    print(f"{kind} {name} {dtype} {dims} : {values}")


def case(name, inputs, outputs):
    print("case", name)
    for key, value in inputs.items():
        dtype = "I32" if np.asarray(value).dtype.kind == "i" else "F32"
        show("in", key, dtype, value)
    for value in outputs:
        dtype = "I32" if np.asarray(value).dtype.kind == "i" else "F32"
        show("out", "-", dtype, value)


def normal(*dims):
    return rng.normal(size=dims).astype(np.float32).astype(np.float64)


def softmax(x, axis=-1):
    e = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


erf = np.vectorize(math.erf)
sigmoid = lambda x: 1 / (1 + np.exp(-x))
silu = lambda x: x * sigmoid(x)
UNARY = {
    "NEG": np.negative, "ABS": np.abs, "EXP": np.exp, "LOG": np.log, "SQRT": np.sqrt,
    "RECIPROCAL": np.reciprocal, "SIGMOID": sigmoid, "TANH": np.tanh, "ERF": erf, "SILU": silu,
    "GELU": lambda x: x * 0.5 * (1 + erf(x / math.sqrt(2))),
    "GELU_TANH": lambda x: 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))),
    "RELU": lambda x: np.maximum(x, 0),
}
for name, f in UNARY.items():
    x = np.array([0.25, 1, 2.5, 7.5, 0.001]) if name in ("LOG", "SQRT") else np.array(
        [-6.5, -3.25, -1, -0.03125, 0.125, 0.5, 1, 2, 3.5, 6.5])
    case("unary " + name, {"x": x}, [f(x)])

BINARY = {"ADD": np.add, "SUB": np.subtract, "MUL": np.multiply, "DIV": np.divide,
          "MAX": np.maximum, "MIN": np.minimum}
for name, f in BINARY.items():
    a, b = normal(2, 3, 1), normal(3, 4)
    case("binary " + name, {"a": a, "b": b}, [f(a, b)])
a, b = np.abs(normal(2, 3)) + 0.1, normal(3)
case("binary POW", {"a": a, "b": b}, [np.power(a, b)])
a, b = rng.integers(-90, 90, (4, 5)), rng.integers(1, 9, 5)
case("binary DIV integers", {"a": a, "b": b}, [np.trunc(a / b).astype(int)])

x = normal(2, 3, 4)
for axes, text in (((0,), "0"), ((1, 2), "1,2"), ((0, 1, 2), "0,1,2")):
    case(f"reduce SUM {text} keep", {"x": x}, [x.sum(axis=axes, keepdims=True)])
    case(f"reduce MEAN {text} drop", {"x": x}, [x.mean(axis=axes)])
    case(f"reduce MAX {text} drop", {"x": x}, [x.max(axis=axes)])
    case(f"reduce MIN {text} keep", {"x": x}, [x.min(axis=axes, keepdims=True)])
for axis in (0, 1, 2, -1, -3):
    case(f"softmax {axis}", {"x": 3 * x}, [softmax(3 * x, axis)])

a, b = normal(2, 3, 5), normal(4, 1, 5, 6)
case("matmul plain", {"a": a, "b": b}, [a @ b])
a, b = normal(3, 7), normal(2, 4, 7)
case("matmul transposed", {"a": a, "b": b}, [a @ np.swapaxes(b, -1, -2)])
x = normal(4, 3, 5)
for axis, shape in ((0, (2, 3)), (1, (4,)), (2, ())):
    index = rng.integers(-x.shape[axis], x.shape[axis], shape)
    case(f"gather {axis}", {"a": x, "b": index}, [np.take(x, index, axis=axis)])
case("transpose 2,0,1", {"x": x}, [np.transpose(x, (2, 0, 1))])
case("transpose 1,0,2", {"x": x}, [np.transpose(x, (1, 0, 2))])
y, z = normal(4, 2, 5), normal(4, 1, 5)
case("concat 1", {"a": x, "b": y, "c": z}, [np.concatenate([x, y, z], axis=1)])
case("slice 1 1 2", {"x": x}, [x[:, 1:3]])
case("slice 2 3 1", {"x": x}, [x[:, :, 3:4]])

x, scale, bias = normal(3, 6), normal(6), normal(6)
mean = x.mean(axis=-1, keepdims=True)
normed = (x - mean) / np.sqrt(x.var(axis=-1, keepdims=True) + 0.001)
case("layernorm bias", {"x": x, "s": scale, "b": bias}, [normed * scale + bias])
case("layernorm", {"x": x, "s": scale}, [normed * scale])
case("rmsnorm", {"x": x, "s": scale}, [x / np.sqrt((x**2).mean(axis=-1, keepdims=True) + 0.001) * scale])
gate, up = normal(3, 5), normal(3, 5)
case("gated", {"g": gate, "u": up}, [silu(gate) * up])


def rope(x, positions, inverse, heads, offset, interleaved, magnitude):
    t = x.shape[0]
    y = x.reshape(t, heads, -1).copy()
    n = 2 * len(inverse)
    part = y[:, :, offset:offset + n]
    first, second = (part[..., 0::2], part[..., 1::2]) if interleaved else (part[..., :n // 2], part[..., n // 2:])
    turn = magnitude * np.exp(1j * positions[:, None, None] * inverse)
    turned = (first + 1j * second) * turn
    if interleaved:
        part[..., 0::2], part[..., 1::2] = turned.real, turned.imag
    else:
        part[..., :n // 2], part[..., n // 2:] = turned.real, turned.imag
    return y.reshape(t, -1)


x, positions, inverse = normal(3, 16), np.array([0, 5, 19]), np.array([1.0, 0.25])
for interleaved in (True, False):
    for offset, magnitude in ((0, 1.0), (3, 1.25)):
        case(f"rope {offset} {str(interleaved).lower()} {magnitude}",
             {"x": x, "p": positions, "f": inverse},
             [rope(x, positions, inverse, 2, offset, interleaved, magnitude)])


def attention(q, k, v, positions, sequences, heads, kv, scale, softcap, causal, window):
    t = len(positions)
    qh = q.reshape(t, heads, -1).transpose(1, 0, 2)
    kh = np.repeat(k.reshape(t, kv, -1).transpose(1, 0, 2), heads // kv, axis=0)
    vh = np.repeat(v.reshape(t, kv, -1).transpose(1, 0, 2), heads // kv, axis=0)
    scores = qh @ kh.transpose(0, 2, 1) * scale
    if softcap:
        scores = softcap * np.tanh(scores / softcap)
    seen = sequences[:, None] == sequences[None, :]
    distance = positions[:, None] - positions[None, :]
    if causal:
        seen &= distance >= 0
        if window:
            seen &= distance < window
    weights = softmax(np.where(seen, scores, -np.inf))
    return (weights @ vh).transpose(1, 0, 2).reshape(t, -1)


sequences = np.array([0, 1, 0, 0, 1, 0, 2])
positions = np.array([0, 0, 1, 2, 1, 3, 0])
q, k, v = normal(7, 16), normal(7, 8), normal(7, 6)
for causal, softcap, window in ((True, 0, 0), (True, 2, 0), (True, 0, 2), (False, 0, 0)):
    case(f"attention {str(causal).lower()} {softcap} {window}",
         {"q": q, "k": k, "v": v, "p": positions, "s": sequences},
         [attention(q, k, v, positions, sequences, 4, 2, 0.5, softcap, causal, window)])
k = normal(7, 6)
q = normal(7, 18)
case("attention view", {"q": q, "k": k, "p": positions, "s": sequences},
     [attention(q, k, k[:, :4], positions, sequences, 3, 1, 0.5, 0, True, 0)])


def experts(x, logits, gate, up, down, bias, used, sigmoidal, normalize, scale):
    p = sigmoid(logits) if sigmoidal else softmax(logits)
    choice = p if bias is None else p + bias
    chosen = np.argsort(-choice, axis=-1, kind="stable")[:, :used]
    mask = np.zeros_like(p)
    np.put_along_axis(mask, chosen, 1, axis=-1)
    weights = p * mask
    if normalize:
        weights = weights / weights.sum(axis=-1, keepdims=True)
    hidden = silu(np.einsum("tw,efw->tef", x, gate)) * np.einsum("tw,efw->tef", x, up)
    return scale * np.einsum("te,tef,ewf->tw", weights, hidden, down)


x, logits = normal(5, 4), normal(5, 6)
gate, up, down, bias = normal(6, 3, 4), normal(6, 3, 4), normal(6, 4, 3), 0.3 * normal(6)
for used, sigmoidal, normalize, biased in (
        (2, False, False, False), (3, False, True, False), (2, True, True, True), (1, True, False, False)):
    inputs = {"x": x, "l": logits, "g": gate, "u": up, "d": down}
    if biased:
        inputs["b"] = bias
    case(f"experts {used} {str(sigmoidal).lower()} {str(normalize).lower()}", inputs,
         [experts(x, logits, gate, up, down, bias if biased else None, used, sigmoidal, normalize, 1.5)])
