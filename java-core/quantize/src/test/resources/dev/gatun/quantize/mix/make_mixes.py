#!/usr/bin/env python3
"""Which type llama-quantize gives to each tensor: mixes.tsv.

    python3 make_mixes.py LLAMA_QUANTIZE > mixes.tsv

LLAMA_QUANTIZE is the program of llama.cpp's revision that java-core/quantize/README.md names; the models are made here (package
gguf) and contain hardly more than names, shapes and the numbers that the rules depend on. A line has: model, type, whether there
is an importance matrix, part of the tensors' names, and the types of the layers, in order.
"""
import os
import re
import subprocess
import sys
import tempfile

import gguf
import numpy as np

TYPES = """Q4_0 Q4_1 Q5_0 Q5_1 Q8_0 Q2_K Q2_K_S Q3_K_S Q3_K_M Q3_K_L Q4_K_S Q4_K_M Q5_K_S Q5_K_M Q6_K IQ1_S IQ1_M IQ2_XXS IQ2_XS
IQ2_S IQ2_M IQ3_XXS IQ3_XS IQ3_S IQ3_M IQ4_NL IQ4_XS TQ1_0 TQ2_0 MXFP4_MOE Q1_0 Q2_0 F16 BF16""".split()

# name: architecture, layers, heads, key heads, experts, columns, tied
MODELS = {
    "plain": ("llama", 32, 8, 8, 0, 256, False),
    "grouped": ("llama", 30, 16, 4, 0, 256, True),
    "narrow": ("llama", 30, 9, 3, 0, 96, True),
    "odd": ("llama", 3, 9, 3, 0, 72, True),
    "seventy": ("llama", 80, 64, 8, 0, 256, False),
    "mixtral": ("llama", 32, 32, 8, 8, 256, False),
    "four": ("qwen3moe", 17, 32, 4, 4, 256, True),
    "falcon": ("falcon", 33, 8, 8, 0, 256, False),
    "neox": ("gptneox", 32, 8, 8, 0, 256, False),
}


def tensors(architecture, layers, experts, columns, tied):
    """Names and shapes, the innermost extent last."""
    yield "token_embd.weight", (4, columns)
    yield "output_norm.weight", (columns,)
    if not tied:
        yield "output.weight", (4, columns)
    fused = architecture in ("falcon", "gptneox")
    for i in range(layers):
        block = f"blk.{i}."
        yield block + "attn_norm.weight", (columns,)
        names = ["attn_qkv"] if fused else ["attn_q", "attn_k", "attn_v"]
        for name in names + ["attn_output"]:
            yield f"{block}{name}.weight", (2, columns)
        inner = ["ffn_up"] if fused else ["ffn_gate", "ffn_up"]
        if experts:
            yield block + "ffn_gate_inp.weight", (experts, columns)
        for name in inner + ["ffn_down"]:
            if experts:
                yield f"{block}{name}_exps.weight", (experts, 2, columns)
            else:
                yield f"{block}{name}.weight", (2, columns)


def write_model(path, architecture, layers, heads, key_heads, experts, columns, tied):
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_block_count(layers)
    writer.add_context_length(64)
    writer.add_embedding_length(columns)
    writer.add_feed_forward_length(columns)
    writer.add_head_count(heads)
    writer.add_head_count_kv(key_heads)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_layer_norm_eps(1e-5)
    writer.add_parallel_residual(True)
    writer.add_vocab_size(4)
    if experts:
        writer.add_expert_count(experts)
        writer.add_expert_used_count(2)
        writer.add_expert_feed_forward_length(columns)
    for name, shape in tensors(architecture, layers, experts, columns, tied):
        dtype = np.float32 if len(shape) == 1 else np.float16
        writer.add_tensor(name, np.ones(shape, dtype))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def write_importance(path, architecture, layers, heads, key_heads, experts, columns, tied):
    writer = gguf.GGUFWriter(path, "")
    writer.add_type("imatrix")
    writer.add_array("imatrix.datasets", ["none"])
    writer.add_uint32("imatrix.chunk_count", 1)
    writer.add_uint32("imatrix.chunk_size", 64)
    for name, shape in tensors(architecture, layers, experts, columns, tied):
        if len(shape) > 1:
            matrices = shape[0] if len(shape) > 2 else 1
            writer.add_tensor(name + ".in_sum2", np.ones((matrices, columns), np.float32))
            writer.add_tensor(name + ".counts", np.ones((matrices, 1), np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def chosen(program, model, importance, kind):
    command = [program] + (["--imatrix", importance] if importance else []) + ["--dry-run", model, kind, "1"]
    run = subprocess.run(command, capture_output=True, text=True)
    text = run.stdout + run.stderr
    if "no tensor type fallback is defined" in text:
        return {"all": "refused"}
    if run.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{text[-2000:]}")
    types = {}
    for line in text.splitlines():
        match = re.match(r"\[ *\d+/ *\d+\] (\S+) +- \[.*?\], type = *(\w+), size = .*?(?:\((\w+)\))?$", line.strip())
        if match:
            types[match[1]] = (match[3] or match[2]).upper()
    return types


def main():
    program = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        for name, model in MODELS.items():
            path = os.path.join(folder, name + ".gguf")
            importance = os.path.join(folder, name + ".imatrix.gguf")
            write_model(path, *model)
            write_importance(importance, *model)
            for kind in TYPES:
                plain = chosen(program, path, None, kind)
                weighted = chosen(program, path, importance, kind)
                for used, types in (("no", plain), ("yes", weighted)):
                    if used == "yes" and types == plain:
                        continue
                    parts = {}
                    for tensor in types:
                        parts.setdefault(re.sub(r"^blk\.\d+\.", "", tensor), []).append(types[tensor])
                    for part, of_layers in parts.items():
                        if "norm" in part or "gate_inp" in part:
                            continue
                        runs = []
                        for kind_of_layer in of_layers:
                            if runs and runs[-1][0] == kind_of_layer:
                                runs[-1][1] += 1
                            else:
                                runs.append([kind_of_layer, 1])
                        text = " ".join(f"{t}*{n}" for t, n in runs)
                        print(name, kind, used, part, text, sep="\t")


main()
