#!/usr/bin/env python3
"""A LoRA adapter, and the weights that llama-export-lora makes with it.

    python3 make_goldens.py LLAMA_EXPORT_LORA MODEL.gguf

MODEL is java-core/models/src/test/resources/archs/llama-f16.gguf. Writes adapter.gguf (random numbers, two weights) and one file of
half-precision numbers per weight and strength here.
"""
import os
import subprocess
import sys
import tempfile

import gguf
import numpy as np

WEIGHTS = ["blk.0.attn_q.weight", "blk.1.ffn_down.weight"]
RANK, ALPHA = 4, 6.0


def main():
    program, model = sys.argv[1:3]
    here = os.path.dirname(os.path.abspath(__file__))
    shapes = {t.name: t.data.shape for t in gguf.GGUFReader(model).tensors}
    numbers = np.random.default_rng(8)
    adapter = os.path.join(here, "adapter.gguf")
    writer = gguf.GGUFWriter(adapter, "llama")
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", ALPHA)
    for name in WEIGHTS:
        rows, columns = shapes[name]
        writer.add_tensor(name + ".lora_a", (0.1 * numbers.standard_normal((RANK, columns))).astype(np.float32))
        writer.add_tensor(name + ".lora_b", (0.1 * numbers.standard_normal((rows, RANK))).astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    for strength in ("1", "0.5"):
        with tempfile.TemporaryDirectory() as folder:
            merged = os.path.join(folder, "merged.gguf")
            subprocess.run([program, "-m", model, "--lora-scaled", f"{adapter}:{strength}", "-o", merged], check=True,
                           capture_output=True)
            tensors = {t.name: t.data for t in gguf.GGUFReader(merged).tensors}
            for name in WEIGHTS:
                tensors[name].astype(np.float16).tofile(os.path.join(here, f"{name}-{strength}.f16"))


main()
