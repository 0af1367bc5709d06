"""Makes the folders of adapters/ and what llama.cpp's convert_lora_to_gguf.py makes of them.

    python make_adapter_goldens.py LLAMA_CPP     (after make_goldens.py, whose folders are the base models)
"""
import os
import runpy
import shutil
import sys
import tempfile

import ml_dtypes
import numpy as np
from safetensors.numpy import save_file

from make_goldens import HERE, LLAMA, dump, weights, write

KINDS = {"F32": np.float32, "F16": np.float16, "BF16": ml_dtypes.bfloat16}
LAYERS = "base_model.model.model.layers.%d."

# name: (base, types of A and B, outtype, modules with [rank, in] and [out, rank] of both layers, members of adapter_config.json, card)
CASES = {
    "smollm-5K-chat-lora": ("smollm-tiny", "F32", "f32", {
        "self_attn.q_proj": (3, 32, 32), "self_attn.k_proj": (3, 32, 16), "self_attn.v_proj": (3, 32, 16),
        "mlp.down_proj": (3, 48, 32)}, {"r": 3, "lora_alpha": 12},
        "---\nbase_model: HuggingFaceTB/SmolLM-135M\nlicense: mit\ntags:\n- lora\n---\n"),
    "gemma-adapter": ("gemma-2-2b-it", "BF16", "f16", {
        "self_attn.q_proj": (4, 32, 32), "mlp.gate_proj": (4, 32, 48)}, {"r": 4, "lora_alpha": 8}, ""),
    "phi-900K-v2": ("phi-3.5-mini", "F16", "bf16", {
        "self_attn.qkv_proj": (2, 32, 64), "mlp.gate_up_proj": (2, 32, 96)}, {"r": 2, "lora_alpha": 5}, ""),
    "qwen3-ranks": ("qwen3", "F32", "f32", {
        "self_attn.q_proj": (2, 32, 64), "self_attn.o_proj": (5, 64, 32)},
        {"r": 2, "lora_alpha": 4, "rank_pattern": {"o_proj": 5}, "alora_invocation_tokens": [346, 7, 9]}, ""),
}

for name, (base, kind, out, modules, config, card) in CASES.items():
    folder = os.path.join(HERE, "adapters", name)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    shapes = {}
    for layer in range(2):
        for module, (rank, columns, rows) in modules.items():
            shapes[LAYERS % layer + module + ".lora_A.weight"] = (rank, columns)
            shapes[LAYERS % layer + module + ".lora_B.weight"] = (rows, rank)
    write(folder, "adapter_config.json", {"peft_type": "LORA", "base_model_name_or_path": "someone/" + base, **config})
    if card:
        write(folder, "README.md", card)
    write(folder, "tensors.tsv", "".join(f"{k}\t{kind}\t{','.join(map(str, v))}\n" for k, v in shapes.items()))
    write(folder, "options.txt", base + " " + out)
    with tempfile.TemporaryDirectory() as temp:
        work = os.path.join(temp, name)
        shutil.copytree(folder, work)
        save_file({k: weights(k, v).astype(KINDS[kind]) for k, v in shapes.items()},
                  os.path.join(work, "adapter_model.safetensors"), metadata={"format": "pt"})
        target = os.path.join(temp, "adapter.gguf")
        sys.argv = ["convert", work, "--base", os.path.join(HERE, base), "--outfile", target, "--outtype", out]
        runpy.run_path(os.path.join(LLAMA, "convert_lora_to_gguf.py"), run_name="__main__")
        write(folder, "expected.txt", dump(target))
    print(name, "done")
