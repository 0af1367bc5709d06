#!/usr/bin/env python3
"""What llama-quantize writes: files.tsv, the SHA-256 of whole files by type, with and without an importance matrix.

    python3 make_files.py LLAMA_QUANTIZE [SMOLLM2.gguf] > files.tsv

LLAMA_QUANTIZE is the program of llama.cpp's revision that java-core/quantize/README.md names. The model "noise" is made here; its
numbers come from SplitMix64, so that the test can make them too. SmolLM2 (the file that gatun pulls) is decoded to F16 first and
loses all but four of its blocks, which is enough to meet each of its shapes.
"""
import hashlib
import os
import subprocess
import sys
import tempfile

import gguf
import numpy as np

TYPES = """F32 BF16 Q4_0 Q4_1 Q5_0 Q5_1 Q8_0 Q2_K Q2_K_S Q3_K_S Q3_K_M Q3_K_L Q4_K_S Q4_K_M Q5_K_S Q5_K_M Q6_K IQ1_S IQ1_M IQ2_XXS
IQ2_XS IQ2_S IQ2_M IQ3_XXS IQ3_XS IQ3_S IQ3_M IQ4_NL IQ4_XS TQ1_0 TQ2_0 MXFP4_MOE Q1_0 Q2_0""".split()
LAYERS, COLUMNS, INNER, ROWS = 4, 256, 512, 24
SMOLLM2_LAYERS, KEPT = 30, 4


def noise(seed, count):
    """Sums of four uniform numbers, exact in single precision."""
    total = np.zeros(count)
    for part in range(4):
        with np.errstate(over="ignore"):
            z = np.uint64(seed * 4 + part) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
            z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            z = z ^ (z >> np.uint64(31))
        total += (z >> np.uint64(46)).astype(np.float64) - 131072.0
    return (total / 4194304.0).astype(np.float32)


def shapes():
    yield "token_embd.weight", (16, COLUMNS)
    yield "output_norm.weight", (COLUMNS,)
    yield "output.weight", (16, COLUMNS)
    for i in range(LAYERS):
        block = f"blk.{i}."
        yield block + "attn_norm.weight", (COLUMNS,)
        for name in ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up"):
            yield f"{block}{name}.weight", (ROWS, COLUMNS)
        yield block + "ffn_down.weight", (ROWS, INNER)


def write(writer):
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def write_noise(path):
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_block_count(LAYERS)
    writer.add_context_length(64)
    writer.add_embedding_length(COLUMNS)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(8)
    writer.add_head_count_kv(8)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(16)
    for seed, (name, shape) in enumerate(shapes()):
        values = noise(seed, int(np.prod(shape))).reshape(shape)
        writer.add_tensor(name, values if len(shape) == 1 else values.astype(np.float16))
    write(writer)


def write_importance(path, tensors):
    """A value for each column of each matrix of the blocks."""
    writer = gguf.GGUFWriter(path, "")
    writer.add_type("imatrix")
    writer.add_array("imatrix.datasets", ["made by make_files.py"])
    writer.add_uint32("imatrix.chunk_count", 1)
    writer.add_uint32("imatrix.chunk_size", 64)
    for index, (name, columns) in enumerate(tensors):
        values = ((index * 31 + np.arange(columns) * 17) % 97 + 1) / 16.0
        writer.add_tensor(name + ".in_sum2", values.astype(np.float32).reshape(1, columns))
        writer.add_tensor(name + ".counts", np.ones((1, 1), np.float32))
    write(writer)


def digests(program, model, name, matrices):
    write_importance("importance.gguf", matrices)
    for kind in TYPES:
        for weighted in ("no", "yes"):
            options = ["--imatrix", "importance.gguf"] if weighted == "yes" else []
            run = subprocess.run([program, *options, model, "out.gguf", kind, "1"], capture_output=True, text=True)
            if run.returncode:
                digest = "refused"
            else:
                with open("out.gguf", "rb") as file:
                    digest = hashlib.sha256(file.read()).hexdigest()
            print(name, kind, weighted, digest, sep="\t", flush=True)


def main():
    program = os.path.abspath(sys.argv[1])
    smollm2 = os.path.abspath(sys.argv[2]) if len(sys.argv) > 2 else None
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        write_noise("noise.gguf")
        matrices = [(name, shape[-1]) for name, shape in shapes() if name.startswith("blk.") and len(shape) > 1]
        digests(program, "noise.gguf", "noise", matrices)
        if smollm2:
            pruned = ",".join(str(i) for i in range(KEPT, SMOLLM2_LAYERS))
            subprocess.run([program, "--allow-requantize", "--prune-layers", pruned, smollm2, "f16.gguf", "F16", "2"], check=True,
                           capture_output=True)
            reader = gguf.GGUFReader("f16.gguf")
            matrices = [(t.name, int(t.shape[0])) for t in reader.tensors
                        if t.name.startswith("blk.") and "norm" not in t.name]
            digests(program, "f16.gguf", "smollm2", matrices)


main()
