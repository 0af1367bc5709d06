"""Whether stock MLX computes with a folder of ours what we compute with it.

  gatun convert smollm2 FOLDER --mlx-bits 4            # or 8, --mlx-mode mxfp4, --mlx-recipe mixed_3_6
  gatun convert FOLDER BACK.gguf
  gatun validate BACK.gguf BACK.gguf --exact --no-layers --backend cpu -c 128 --chunks 2 --save-logits LOGITS
  pip install 'mlx[cpu]==0.32.4' mlx-lm==0.32.2
  python compare_mlx.py FOLDER LOGITS "The capital of France is" 12
  gatun run BACK.gguf --raw "The capital of France is" -n 12 --temperature 0
"""

import math
import struct
import sys

import mlx.core as mx
import numpy as np
from mlx.utils import tree_map
from mlx_lm import generate, load

folder, logits, prompt, count = sys.argv[1:]
model, tokenizer = load(folder)
# In single precision, as the other side: scales are of 16 bits, and MLX would compute in those.
model.update(tree_map(lambda p: p.astype(mx.float32) if mx.issubdtype(p.dtype, mx.floating) else p, model.parameters()))
print(repr(generate(model, tokenizer, tokenizer.encode(prompt), max_tokens=int(count))))

with open(logits, "rb") as file:
    assert file.read(8) == b"_logits_"
    window, vocabulary, windows = struct.unpack("<Iii", file.read(12))
    tokens = np.frombuffer(file.read(4 * window * windows), "<i4").reshape(windows, window)
    ours, theirs, same = [], [], []
    for text in tokens:
        known = model(mx.array(text[None])).astype(mx.float32)
        known = np.array((known - mx.logsumexp(known, -1, keepdims=True))[0])
        for at in range(window // 2, window - 1):
            row = file.read(2 * (2 * ((vocabulary + 1) // 2) + 4))
            scale, least = struct.unpack("<ff", row[:8])
            saved = np.frombuffer(row[8:], "<u2")[:vocabulary] * float(scale) + least
            ours.append(saved[text[at + 1]])
            theirs.append(known[at][text[at + 1]])
            same.append(saved.argmax() == known[at].argmax())
print(
    f"perplexity: MLX {math.exp(-np.mean(theirs)):.4f}, Gatun {math.exp(-np.mean(ours)):.4f};"
    f" same top token {100 * np.mean(same):.1f} % of {len(same)}"
)
