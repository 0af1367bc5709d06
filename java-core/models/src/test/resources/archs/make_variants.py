"""Writes small models for variants of architectures and lets llama.cpp compute their logits.

usage: make_variants.py OUTPUTS_PROGRAM FOLDER [NAME...]

OUTPUTS_PROGRAM is outputs.c, linked with llama.cpp. Appends to FOLDER/cases.tsv.
"""
import pathlib
import subprocess
import sys

import gguf
import numpy as np

VOCAB, WIDTH, CONTEXT = 72, 24, 256
LENGTHS = (16, 36)


class Model:
    def __init__(self, arch, folder, name, seed, layers, heads, kv, ffn, norm="rms", key=None, tied=False):
        self.rng = np.random.default_rng(seed)
        self.path = folder / f"{name}.gguf"
        self.arch, self.layers, self.heads, self.kv, self.ffn = arch, layers, heads, kv, ffn
        self.key = key or WIDTH // heads
        self.w = gguf.GGUFWriter(self.path, arch)
        self.w.add_name("tiny " + name)
        self.ints(vocab_size=VOCAB, context_length=CONTEXT, embedding_length=WIDTH, block_count=layers)
        self.set("feed_forward_length", ffn)
        self.set("attention.head_count", heads)
        self.set("attention.head_count_kv", kv)
        self.set("attention.layer_norm_rms_epsilon" if norm == "rms" else "attention.layer_norm_epsilon", 1e-5)
        if key:
            self.set("attention.key_length", key)
            self.set("attention.value_length", key)
        self.w.add_string("tokenizer.ggml.model", "none")
        self.matrix("token_embd.weight", VOCAB, WIDTH, scale=1.0)
        if not tied:
            self.matrix("output.weight", VOCAB, WIDTH, scale=2.0)

    def ints(self, **keys):
        for k, v in keys.items():
            self.set(k, v)

    def set(self, key, value):
        key = f"{self.arch}.{key}"
        if isinstance(value, bool):
            self.w.add_bool(key, value)
        elif isinstance(value, int):
            self.w.add_uint32(key, value)
        elif isinstance(value, float):
            self.w.add_float32(key, value)
        elif isinstance(value, str):
            self.w.add_string(key, value)
        else:
            self.w.add_array(key, value)

    def matrix(self, name, *shape, scale=1.0):
        data = self.rng.standard_normal(shape) * scale / np.sqrt(shape[-1])
        self.w.add_tensor(name, data.astype(np.float32))

    def vector(self, name, n, mean=0.0, dev=0.1):
        self.w.add_tensor(name, (mean + dev * self.rng.standard_normal(n)).astype(np.float32))

    def norm(self, name, n=WIDTH, bias=False):
        self.vector(name + ".weight", n, mean=1.0, dev=0.2)
        if bias:
            self.vector(name + ".bias", n)

    def linear(self, name, out, inner, bias=False, scale=1.0):
        self.matrix(name + ".weight", out, inner, scale=scale)
        if bias:
            self.vector(name + ".bias", out)

    def attention(self, p, kv=None, bias=False, joined=False, out_bias=False):
        q, k = self.heads * self.key, (kv or self.kv) * self.key
        if joined:
            self.linear(p + "attn_qkv", q + 2 * k, WIDTH, bias)
        else:
            self.linear(p + "attn_q", q, WIDTH, bias, scale=1.5)
            self.linear(p + "attn_k", k, WIDTH, bias, scale=1.5)
            self.linear(p + "attn_v", k, WIDTH, bias)
        self.linear(p + "attn_output", WIDTH, q, out_bias)

    def gated(self, p, ffn=None, suffix="", bias=False):
        n = ffn or self.ffn
        self.linear(p + "ffn_gate" + suffix, n, WIDTH, bias)
        self.linear(p + "ffn_up" + suffix, n, WIDTH, bias)
        self.linear(p + "ffn_down" + suffix, WIDTH, n, bias)

    def experts(self, p, count, ffn):
        self.linear(p + "ffn_gate_inp", count, WIDTH, scale=2.0)
        self.matrix(p + "ffn_gate_exps.weight", count, ffn, WIDTH)
        self.matrix(p + "ffn_up_exps.weight", count, ffn, WIDTH)
        self.matrix(p + "ffn_down_exps.weight", count, WIDTH, ffn)

    def close(self):
        self.w.write_header_to_file()
        self.w.write_kv_data_to_file()
        self.w.write_tensors_to_file()
        self.w.close()


def gemma(new):
    m = new("gemma", layers=2, heads=4, kv=1, ffn=48, key=12, tied=True)
    for i in range(m.layers):
        p = f"blk.{i}."
        m.norm(p + "attn_norm")
        m.attention(p)
        m.norm(p + "ffn_norm")
        m.gated(p)
    m.norm("output_norm")
    return m


def gemma3_flags(new):
    m = new("gemma3", layers=3, heads=2, kv=1, ffn=40, key=12, tied=True)
    m.set("attention.sliding_window", 8)
    m.set("attention.sliding_window_pattern", [False, True, True])
    m.set("rope.freq_base", 50000.0)
    m.set("rope.freq_base_swa", 500.0)
    m.set("final_logit_softcapping", 6.0)
    for i in range(m.layers):
        p = f"blk.{i}."
        m.norm(p + "attn_norm")
        m.attention(p)
        m.norm(p + "attn_q_norm", m.key)
        m.norm(p + "attn_k_norm", m.key)
        m.norm(p + "post_attention_norm")
        m.norm(p + "ffn_norm")
        m.gated(p)
        m.norm(p + "post_ffw_norm")
    m.norm("output_norm")
    return m


def olmo3(new):
    m = new("olmo2", layers=2, heads=4, kv=2, ffn=40)
    m.set("attention.sliding_window", 8)
    m.set("attention.sliding_window_pattern", 2)
    m.set("rope.freq_base", 20000.0)
    m.set("rope.scaling.type", "yarn")
    m.set("rope.scaling.factor", 4.0)
    m.set("rope.scaling.original_context_length", 32)
    for i in range(m.layers):
        p = f"blk.{i}."
        m.attention(p)
        m.norm(p + "attn_q_norm", m.heads * m.key)
        m.norm(p + "attn_k_norm", m.kv * m.key)
        m.norm(p + "post_attention_norm")
        m.gated(p)
        m.norm(p + "post_ffw_norm")
    m.norm("output_norm")
    return m


def olmoe(new):
    m = new("olmoe", layers=2, heads=4, kv=4, ffn=24)
    m.ints(expert_count=4, expert_used_count=2)
    for i in range(m.layers):
        p = f"blk.{i}."
        m.norm(p + "attn_norm")
        m.attention(p)
        m.norm(p + "attn_q_norm")
        m.norm(p + "attn_k_norm")
        m.norm(p + "ffn_norm")
        m.experts(p, 4, m.ffn)
    m.norm("output_norm")
    return m


def granitemoe(new):
    m = new("granitemoe", layers=2, heads=4, kv=2, ffn=24, tied=True)
    m.ints(expert_count=4, expert_used_count=2, expert_shared_feed_forward_length=20)
    m.set("attention.scale", 0.2)
    m.set("embedding_scale", 5.0)
    m.set("residual_scale", 0.5)
    m.set("logit_scale", 1.25)
    for i in range(m.layers):
        p = f"blk.{i}."
        m.norm(p + "attn_norm")
        m.attention(p)
        m.norm(p + "ffn_norm")
        m.experts(p, 4, m.ffn)
        m.gated(p, 20, "_shexp")
    m.norm("output_norm")
    return m


def granite_nope(new):
    m = new("granite", layers=2, heads=4, kv=2, ffn=40)
    m.set("rope.scaling.finetuned", False)
    m.set("embedding_scale", 5.0)
    m.set("residual_scale", 0.5)
    m.set("logit_scale", 0.8)
    for i in range(m.layers):
        p = f"blk.{i}."
        m.norm(p + "attn_norm")
        m.attention(p)
        m.norm(p + "ffn_norm")
        m.gated(p)
    m.norm("output_norm")
    return m


def stablelm_parallel(new):
    m = new("stablelm", layers=2, heads=4, kv=2, ffn=40, norm="layer")
    m.set("rope.dimension_count", 4)
    for i in range(m.layers):
        p = f"blk.{i}."
        m.norm(p + "attn_norm", bias=True)
        m.attention(p)
        m.w.add_tensor(p + "attn_q_norm.weight", (1 + 0.2 * m.rng.standard_normal((4, m.key))).astype(np.float32))
        m.w.add_tensor(p + "attn_k_norm.weight", (1 + 0.2 * m.rng.standard_normal((2, m.key))).astype(np.float32))
        m.gated(p)
    m.norm("output_norm", bias=True)
    return m


def gptneox_sequential(new):
    m = new("gptneox", layers=2, heads=4, kv=4, ffn=48, norm="layer")
    m.set("rope.dimension_count", 4)
    m.set("use_parallel_residual", False)
    for i in range(m.layers):
        p = f"blk.{i}."
        m.norm(p + "attn_norm", bias=True)
        m.attention(p, bias=True, joined=True, out_bias=True)
        m.norm(p + "ffn_norm", bias=True)
        m.linear(p + "ffn_up", m.ffn, WIDTH, True)
        m.linear(p + "ffn_down", WIDTH, m.ffn, True)
    m.norm("output_norm", bias=True)
    return m


def llama_joined(new):
    """Joined tensors, biases, LongRoPE, sizes as arrays, a key that is not read."""
    m = new("llama", layers=2, heads=4, kv=[2, 2], ffn=[40, 40])
    m.set("rope.dimension_count", 6)
    m.set("rope.scaling.type", "longrope")
    m.set("rope.scaling.attn_factor", 1.15)
    m.set("rope.scaling.original_context_length", 256)
    m.set("attention.scale", 0.5)
    for i in range(m.layers):
        p = f"blk.{i}."
        m.norm(p + "attn_norm")
        m.attention(p, 2, bias=True, joined=True, out_bias=True)
        m.norm(p + "ffn_norm")
        m.gated(p, 40, bias=True)
    m.norm("output_norm")
    m.w.add_tensor("rope_factors_long.weight", np.array([1.1, 1.7, 4.0], np.float32))
    m.w.add_tensor("rope_factors_short.weight", np.array([1.0, 1.05, 1.3], np.float32))
    return m


def deepseek(m, legacy):
    q, kv, rope, fixed, value = 0, 16, 4, 8, 6
    m.ints(leading_dense_block_count=1, expert_count=4, expert_used_count=2, expert_shared_count=2)
    m.set("expert_feed_forward_length", 12)
    m.set("attention.q_lora_rank", q)
    m.set("attention.kv_lora_rank", kv)
    m.set("rope.dimension_count", rope)
    m.set("rope.scaling.type", "yarn")
    m.set("rope.scaling.factor", 8.0)
    m.set("rope.scaling.original_context_length", 32)
    m.set("rope.scaling.yarn_log_multiplier", 0.0707)
    if legacy:
        m.set("attention.key_length", fixed + rope)
        m.set("attention.value_length", value)
    else:
        m.set("attention.key_length", kv + rope)
        m.set("attention.value_length", kv)
        m.set("attention.key_length_mla", fixed + rope)
        m.set("attention.value_length_mla", value)
    for i in range(m.layers):
        p = f"blk.{i}."
        m.norm(p + "attn_norm")
        m.linear(p + "attn_q", m.heads * (fixed + rope), WIDTH, scale=1.5)
        m.linear(p + "attn_kv_a_mqa", kv + rope, WIDTH, scale=1.5)
        m.norm(p + "attn_kv_a_norm", kv)
        if legacy:
            m.linear(p + "attn_kv_b", m.heads * (fixed + value), kv)
        else:
            m.matrix(p + "attn_k_b.weight", m.heads, kv, fixed, scale=0.7)
            m.matrix(p + "attn_v_b.weight", m.heads, value, kv)
        m.linear(p + "attn_output", WIDTH, m.heads * value)
        m.norm(p + "ffn_norm")
        if i < 1:
            m.gated(p)
        else:
            m.experts(p, 4, 12)
            m.gated(p, 24, "_shexp")
    m.norm("output_norm")
    return m


def deepseek2_lite(new):
    return deepseek(new("deepseek2", layers=2, heads=4, kv=1, ffn=40), False)


def deepseek2_legacy(new):
    return deepseek(new("deepseek2", layers=2, heads=4, kv=4, ffn=40), True)


VARIANTS = (
    gemma, gemma3_flags, olmo3, olmoe, granitemoe, granite_nope, stablelm_parallel,
    gptneox_sequential, llama_joined, deepseek2_lite, deepseek2_legacy,
)


def main():
    program, folder, wanted = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3:]
    for number, build in enumerate(VARIANTS):
        name = build.__name__.replace("_", "-")
        if wanted and name not in wanted:
            continue
        build(lambda arch, **sizes: Model(arch, folder, name, 8100 + number, **sizes)).close()
        rng = np.random.default_rng(8200 + number)
        sequences = [rng.integers(0, VOCAB, n).tolist() for n in LENGTHS]
        for result, context in (("logits", 256), ("long", 512)) if name == "llama-joined" else (("logits", 256),):
            out = folder / (name + ("-long" if result == "long" else "") + ".f32")
            out.unlink(missing_ok=True)
            for s in sequences:
                subprocess.run([program, folder / f"{name}.gguf", str(context), out, *map(str, s)], check=True)
            logits = np.fromfile(out, "<f4")
            assert logits.size == VOCAB * sum(LENGTHS) and np.isfinite(logits).all(), name
            print(name, result, "std %.2f" % logits.std(), (folder / f"{name}.gguf").stat().st_size)
            text = ";".join(",".join(map(str, s)) for s in sequences)
            with open(folder / "cases.tsv", "a") as table:
                print(name, result, f"{name}.gguf", out.name, context, VOCAB, text, sep="\t", file=table)


main()
