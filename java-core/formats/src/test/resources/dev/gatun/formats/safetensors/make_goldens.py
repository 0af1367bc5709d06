"""Writes the goldens of this folder with the library's own writer. Needs: safetensors numpy ml_dtypes."""
import os

import ml_dtypes
import numpy as np
from safetensors.numpy import save_file, serialize_file  # noqa: F401

here = os.path.dirname(os.path.abspath(__file__))
rng = np.random.default_rng(1)
TYPES = ["bool", "uint8", "int8", "int16", "uint16", "float16", "int32", "uint32", "float32", "float64", "int64", "uint64"]


def values(dtype, shape):
    if dtype == "bool":
        return rng.integers(0, 2, shape).astype(bool)
    if dtype.startswith("float"):
        return rng.standard_normal(shape).astype(dtype)
    return rng.integers(0, 100, shape).astype(dtype)


tensors = {"t." + t: values(t, (3, 5)) for t in TYPES}
tensors["t.bfloat16"] = rng.standard_normal((3, 5)).astype(ml_dtypes.bfloat16)
tensors["scalar"] = np.array(2.5, dtype=np.float32)
tensors["empty"] = np.zeros((0, 4), dtype=np.float32)
tensors["name with \"quotes\", ä and 日本"] = values("float32", (2,))
save_file(tensors, os.path.join(here, "all-types.safetensors"), metadata={"format": "pt"})
