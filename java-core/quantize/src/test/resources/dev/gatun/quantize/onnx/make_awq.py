"""What the authors' AWQ chooses for pseudo-random matrices: a factor for each channel.

Usage: python make_awq.py LLM_AWQ > awq.txt (numpy 2.4; LLM_AWQ: github.com/mit-han-lab/llm-awq at d6e797a42b9ef7778de8ee2352116e0f48a78d61).
A line: bits, block, K, N, 1 if the channels depend on each other, then the K factors. The search is that of auto_scale.py, as it is; it
computes with PyTorch, and here it is given NumPy arrays of double precision that answer to the names of PyTorch which it uses, and a block
of MPT's form of which the last product is looked at. Matrices and activations are those of AwqTest.
"""

import importlib
import sys
import types

import numpy as np

ROWS = 160


class Array(np.ndarray):
    """A NumPy array under the names of PyTorch."""

    device = "cpu"

    def to(self, _):
        return self

    def cpu(self):
        return self

    detach = float = cpu

    def abs(self):
        return np.abs(self)

    def pow(self, exponent):
        return np.power(self, exponent)

    def sqrt(self):
        return np.sqrt(self)

    def clamp(self, min=None, max=None):
        return np.clip(self, min, max)

    clamp_ = clamp

    def view(self, *shape):
        return self.reshape(*shape)

    def amax(self, dim, keepdim):
        return np.max(self, axis=dim, keepdims=keepdim)

    def amin(self, dim, keepdim):
        return np.min(self, axis=dim, keepdims=keepdim)

    def dim(self):
        return self.ndim


def array(values):
    return np.asarray(values, np.float64).copy().view(Array)


class Weight:
    device = "cpu"

    def __init__(self, data):
        self.data = array(data)

    def mul_(self, factors):
        self.data = self.data * factors


class Linear:
    """Weights [outputs, inputs]; stands for a module with one, too."""

    def __init__(self, weight):
        self.weight = self.Wqkv = self.out_proj = self.up_proj = self.down_proj = None
        self.weight = Weight(weight)

    def __call__(self, x):
        return x @ self.weight.data.T

    def parameters(self):
        return iter([self.weight])

    def state_dict(self):
        return {"weight": array(self.weight.data)}

    def load_state_dict(self, state):
        self.weight.data = array(state["weight"])


class NoGrad:
    def __call__(self, function):
        return function

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return False


def module(name, **members):
    made = types.ModuleType(name)
    vars(made).update(members)
    sys.modules[name] = made
    return made


def nothing(*names):
    return {name: type(name, (), {}) for name in names}


nn = module("torch.nn", **nothing("Linear", "LayerNorm", "GELU"))
module("torch", nn=nn, no_grad=NoGrad, round=np.round, clamp=np.clip, isnan=np.isnan)
module("tqdm", tqdm=lambda x, **_: x)
for part, names in (
    ("activations", ("GELUActivation",)),
    ("models.bloom.modeling_bloom", ("BloomBlock", "BloomGelu")),
    ("models.opt.modeling_opt", ("OPTDecoderLayer",)),
    ("models.llama.modeling_llama", ("LlamaDecoderLayer", "LlamaRMSNorm")),
    ("models.qwen2.modeling_qwen2", ("Qwen2RMSNorm", "Qwen2DecoderLayer")),
):
    module("transformers." + part, **nothing(*names))
for package in ("awq", "awq.quantize", "awq.utils"):
    module(package, __path__=[sys.argv[1] + "/" + package.replace(".", "/")])
module("awq.quantize.qmodule", **nothing("ScaledActivation"))
module("awq.utils.module", get_op_by_name=None, get_op_name=lambda block, op: "", set_op_by_name=None)
auto_scale_block = importlib.import_module("awq.quantize.auto_scale").auto_scale_block


class MptBlock:
    """What the search asks for: four products, of which three are of no interest."""

    def __init__(self, weight):
        self.norm_1 = self.norm_2 = None
        self.attn = Linear(np.eye(weight.shape[1]))
        self.attn.Wqkv = self.attn.out_proj = self.attn
        self.ffn = Linear(np.eye(weight.shape[1]))
        self.ffn.up_proj, self.ffn.down_proj, self.ffn.act = self.ffn, Linear(weight), None


def numbers(state):
    while True:
        state = (state * 1664525 + 1013904223) % 2**32
        yield np.float32((state >> 8) / 2**23 - 1)


def matrix(k, n):
    made = numbers(k * 37 + n)
    return np.array([next(made) for _ in range(k * n)], np.float32).reshape(k, n)


def inputs(k, common):
    """Channels of different sizes; they share a part if common."""
    made = numbers(11)
    x = np.zeros((ROWS, k), np.float32)
    for row in range(ROWS):
        shared = next(made)
        for i in range(k):
            size = np.float32(20 if i % 13 == 0 else 1 + i % 5)
            x[row, i] = size * (shared * np.float32(common) + next(made))
    return x


for bits, block, k, n, common in ((4, 16, 64, 24, 0), (4, 32, 128, 16, 0), (2, 16, 64, 24, 0), (4, 16, 64, 24, 1), (8, 32, 96, 8, 0)):
    features = {name: array(inputs(k, common)) for name in ("attn.Wqkv", "attn.out_proj", "ffn.up_proj", "ffn.down_proj")}
    found = auto_scale_block(MptBlock(matrix(k, n).T), {}, bits, {"q_group_size": block, "zero_point": True}, features)
    print(bits, block, k, n, common, *(f"{v:.6g}" for v in found[-1][2]))
