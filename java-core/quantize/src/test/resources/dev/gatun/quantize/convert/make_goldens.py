"""Makes the folders of this directory and what llama.cpp's converter makes of them.

    python make_goldens.py LLAMA_CPP     (a checkout of the pinned revision, see README.md)

Needs: torch transformers sentencepiece tokenizers safetensors ml_dtypes numpy. Weights are not kept: they
follow from the names (`weights` here, Weights.java in the tests). tokenizer.json files are tiny ones, trained
here; llama.cpp knows pre-tokenizers by a hash of published models' tokens, so its look-up is answered here.
"""
import hashlib
import json
import os
import shutil
import sys
import tempfile
import zlib

import ml_dtypes
import numpy as np
import sentencepiece as spm
from safetensors.numpy import save_file
from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers, processors, trainers, decoders

HERE = os.path.dirname(os.path.abspath(__file__))
LLAMA = sys.argv[1]
sys.path.insert(0, LLAMA)
sys.path.insert(1, os.path.join(LLAMA, "gguf-py"))
sys.argv = [os.path.join(LLAMA, "convert_hf_to_gguf.py")]

TEXT = ("The quick brown fox jumps over the lazy dog. It's the 12345th time that they'd said so, isn't it? "
        "Naïve café in Straße 7; return foo(bar[0]); // comment\n\n    if (x == 1) { print(\"hello world\"); }\n"
        "Привет мир. 我想在这里工作。こんにちは世界 HTTPServer camelCase 3.14 1000000\n") * 20

CONTRACTIONS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)"
WORDS = CONTRACTIONS + r"|[^\r\n\p{L}\p{N}]?\p{L}+|%s| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"


def weights(name, shape):
    i = np.arange(int(np.prod(shape)), dtype=np.uint64)
    h = (zlib.crc32(name.encode()) + i * 2654435761) & 0xFFFFFFFF
    h ^= h >> 15
    h = (h * 2246822519) & 0xFFFFFFFF
    h ^= h >> 13
    return (((h >> 8).astype(np.int64) - (1 << 23)).astype(np.float32) / np.float32(1 << 24)).reshape(shape)


def bpe(path, pre, special, ignore_merges=False, normalizer=None, post=None):
    t = Tokenizer(models.BPE(ignore_merges=ignore_merges))
    t.pre_tokenizer = pre
    t.decoder = decoders.ByteLevel()
    t.train_from_iterator([TEXT], trainers.BpeTrainer(
        vocab_size=256 + 90, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
    if normalizer:
        t.normalizer = normalizer
    t.add_special_tokens([AddedToken(s, special=True, normalized=False) for s in special])
    if post:
        t.post_processor = post(t)
    t.save(os.path.join(path, "tokenizer.json"), pretty=False)
    return t.get_vocab_size()


def sentencepiece(path, controls):
    corpus = os.path.join(path, "corpus.txt")
    with open(corpus, "w") as f:
        f.write(TEXT)
    spm.SentencePieceTrainer.train(
        input=corpus, model_prefix=os.path.join(path, "tokenizer"), vocab_size=420, model_type="bpe",
        byte_fallback=True, character_coverage=1.0, control_symbols=controls, normalization_rule_name="identity",
        remove_extra_whitespaces=False, minloglevel=2)
    os.remove(corpus)
    os.remove(os.path.join(path, "tokenizer.vocab"))
    return 420


def level(regex=None, digits=False):
    steps = []
    if digits:
        steps.append(pre_tokenizers.Digits(individual_digits=True))
    if regex:
        steps.append(pre_tokenizers.Split(Regex(regex), "isolated"))
    steps.append(pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=regex is None))
    return pre_tokenizers.Sequence(steps) if len(steps) > 1 else steps[0]


def write(path, name, value):
    with open(os.path.join(path, name), "w", encoding="utf-8") as f:
        f.write(value if isinstance(value, str) else json.dumps(value, indent=1, ensure_ascii=False))


def begin(token):
    return lambda t: processors.Sequence([processors.ByteLevel(trim_offsets=False), processors.TemplateProcessing(
        single=f"{token} $A", pair=f"{token} $A {token} $B:1", special_tokens=[(token, t.token_to_id(token))])])


CHAT = ("{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\\n' + m['content'] + '<|im_end|>' + '\\n' }}{% endfor %}"
        "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}")


def tok_llama3(p):
    n = bpe(p, level(WORDS % r"\p{N}{1,3}"), ["<|begin_of_text|>", "<|end_of_text|>", "<|eot_id|>"], True,
            post=begin("<|begin_of_text|>"))
    write(p, "tokenizer_config.json", {"tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "<|begin_of_text|>",
                                       "eos_token": "<|eot_id|>"})
    write(p, "chat_template.jinja", CHAT)
    write(p, "generation_config.json", {"temperature": 0.6, "top_p": 0.9, "do_sample": True})
    return n


def tok_smollm(p):
    n = bpe(p, level(digits=True), ["<|endoftext|>", "<|im_start|>", "<|im_end|>"])
    write(p, "tokenizer_config.json", {
        "tokenizer_class": "GPT2Tokenizer", "add_prefix_space": False, "bos_token": "<|im_start|>",
        "eos_token": "<|im_end|>", "unk_token": "<|endoftext|>", "pad_token": "<|im_end|>", "chat_template": CHAT})
    return n


def tok_qwen2(p):
    n = bpe(p, level(WORDS % r"\p{N}"), ["<|endoftext|>", "<|im_start|>", "<|im_end|>"], normalizer=normalizers.NFC(),
            post=lambda t: processors.ByteLevel(trim_offsets=False))
    write(p, "tokenizer_config.json", {
        "tokenizer_class": "Qwen2Tokenizer", "add_bos_token": False, "bos_token": None, "eos_token": "<|im_end|>",
        "pad_token": "<|endoftext|>", "unk_token": None, "chat_template": CHAT})
    write(p, "generation_config.json", {"temperature": 0.7, "top_k": 20, "top_p": 0.8, "repetition_penalty": 1.05})
    return n


def tok_llama_spm(p):
    n = sentencepiece(p, [])
    write(p, "tokenizer_config.json", {
        "tokenizer_class": "LlamaTokenizer", "add_bos_token": True, "add_eos_token": False, "bos_token": "<s>",
        "eos_token": "</s>", "unk_token": "<unk>",
        "added_tokens_decoder": {str(i): {"content": c, "special": True} for i, c in enumerate(["<unk>", "<s>", "</s>"])}})
    return n


def tok_gemma(p):
    n = sentencepiece(p, ["<start_of_turn>", "<end_of_turn>"])
    write(p, "tokenizer_config.json", {
        "tokenizer_class": "GemmaTokenizer", "add_bos_token": True, "add_eos_token": False, "bos_token": {"content": "<s>"},
        "eos_token": {"content": "</s>"}, "chat_template": CHAT,
        "added_tokens_decoder": {"3": {"content": "<start_of_turn>", "special": True},
                                 "300": {"content": "▁▁<tab>", "special": False}}})
    return n


def tok_phi3(p):
    n = sentencepiece(p, [])
    write(p, "tokenizer_config.json", {
        "tokenizer_class": "LlamaTokenizer", "bos_token": "<s>", "eos_token": "<|endoftext|>", "chat_template": CHAT,
        "added_tokens_decoder": {"420": {"content": "<|endoftext|>", "special": True},
                                 "421": {"content": "<|end|>", "special": True}}})
    write(p, "added_tokens.json", {"<|endoftext|>": 420, "<|end|>": 421})
    return n + 4


def tok_bert(p):
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + sorted(
        {c for c in TEXT.lower() if not c.isspace()} | {"##" + c for c in "abcdefghijklmnopqrstuvwxyz0123456789"}
        | {"the", "quick", "##ing", "hello", "world", "##er"})
    t = Tokenizer(models.WordPiece({w: i for i, w in enumerate(words)}, unk_token="[UNK]"))
    t.normalizer = normalizers.BertNormalizer(lowercase=True)
    t.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    t.decoder = decoders.WordPiece()
    t.add_special_tokens(words[:5])
    t.post_processor = processors.TemplateProcessing(
        single="[CLS]:0 $A:0 [SEP]:0", pair="[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    t.save(os.path.join(p, "tokenizer.json"), pretty=False)
    write(p, "tokenizer_config.json", {
        "tokenizer_class": "BertTokenizer", "cls_token": "[CLS]", "sep_token": "[SEP]", "pad_token": "[PAD]",
        "mask_token": "[MASK]", "unk_token": "[UNK]", "do_lower_case": True})
    os.makedirs(os.path.join(p, "1_Pooling"), exist_ok=True)
    write(p, "1_Pooling/config.json", {"pooling_mode_cls_token": False, "pooling_mode_mean_tokens": True})
    write(p, "modules.json", [{"type": "sentence_transformers.models.Transformer", "path": ""},
                              {"type": "sentence_transformers.models.Pooling", "path": "1_Pooling"}])
    return len(words)


def decoder(c, layer, head=True, prefix="model."):
    d, h, kv, s, ff = c["hidden_size"], c["num_attention_heads"], c["num_key_value_heads"], c["head_dim"], c["intermediate_size"]
    t = {prefix + "embed_tokens.weight": (c["vocab_size"], d), prefix + "norm.weight": (d,)}
    if head:
        t["lm_head.weight"] = (c["vocab_size"], d)
    for i in range(c["num_hidden_layers"]):
        own = {"input_layernorm.weight": (d,), "post_attention_layernorm.weight": (d,),
               "self_attn.q_proj.weight": (h * s, d), "self_attn.k_proj.weight": (kv * s, d),
               "self_attn.v_proj.weight": (kv * s, d), "self_attn.o_proj.weight": (d, h * s),
               "mlp.gate_proj.weight": (ff, d), "mlp.up_proj.weight": (ff, d), "mlp.down_proj.weight": (d, ff)}
        own.update(layer)
        t.update({f"{prefix}layers.{i}.{k}": v for k, v in own.items() if v})
    return t


BASE = {"hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 4,
        "num_key_value_heads": 2, "head_dim": 8, "max_position_embeddings": 256, "bos_token_id": 1, "eos_token_id": 2}


def config(cls, kind, n, **more):
    return {"architectures": [cls], "model_type": kind, "vocab_size": n, **BASE, **more}


NO_MLP = {"mlp.gate_proj.weight": None, "mlp.up_proj.weight": None, "mlp.down_proj.weight": None}


def experts(pattern, count, shapes):
    return {pattern % e + k + ".weight": s for e in range(count) for k, s in shapes.items()}


def cases():
    """name: (tokenizer, pre, outtype, dtype, config of a vocabulary, tensors of a config, model card)."""
    yield ("Tiny-Llama3-1K-Instruct", tok_llama3, "llama-bpe", "auto", "BF16", lambda n: config(
        "LlamaForCausalLM", "llama", n, rms_norm_eps=1e-5, tie_word_embeddings=True, rope_theta=500000.0,
        eos_token_id=[347, 348], bos_token_id=346,
        rope_scaling={"rope_type": "llama3", "factor": 32.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
                      "original_max_position_embeddings": 64}), lambda c: decoder(c, {}, False),
        "---\nlicense: llama3.2\ntags:\n- tiny\n- test\nlanguage:\n- en\n- de\npipeline_tag: text-generation\n"
        "base_model: meta-llama/Llama-3.2-1B\n---\n# Tiny\n")
    yield ("smollm-tiny", tok_smollm, "smollm", "f16", "F32", lambda n: config(
        "LlamaForCausalLM", "llama", n, rms_norm_eps=1e-5, tie_word_embeddings=True, rope_theta=100000,
        attention_bias=True), lambda c: decoder(c, {"self_attn.q_proj.bias": (32,), "self_attn.k_proj.bias": (16,)}, False), "")
    yield ("Mistral-7B-v0.1", tok_llama_spm, "", "f32", "F16", lambda n: config(
        "MistralForCausalLM", "mistral", n, rms_norm_eps=1e-5, sliding_window=64, rope_theta=10000.0), lambda c: decoder(c, {}), "")
    moe = lambda c: decoder(c, {**NO_MLP, "block_sparse_moe.gate.weight": (3, 32), **experts(
        "block_sparse_moe.experts.%d.", 3, {"w1": (48, 32), "w2": (32, 48), "w3": (48, 32)})})
    yield ("mixtral", tok_llama_spm, "", "bf16", "F32", lambda n: config(
        "MixtralForCausalLM", "mixtral", n, num_local_experts=3, num_experts_per_tok=2, rms_norm_eps=1e-5, rope_theta=1e6), moe, "")
    yield ("qwen2.5-0.5b-instruct", tok_qwen2, "qwen2", "auto", "BF16", lambda n: {k: v for k, v in config(
        "Qwen2ForCausalLM", "qwen2", n + 7, rms_norm_eps=1e-6, rope_theta=1000000.0, bos_token_id=346, eos_token_id=348,
        rope_scaling={"type": "yarn", "factor": 4.0, "original_max_position_embeddings": 64}).items() if k != "head_dim"},
        lambda c: decoder({**c, "head_dim": 8}, {"self_attn.q_proj.bias": (32,), "self_attn.k_proj.bias": (16,), "self_attn.v_proj.bias": (16,)}), "")
    yield ("qwen3", tok_qwen2, "qwen2", "bf16", "BF16", lambda n: config(
        "Qwen3ForCausalLM", "qwen3", n, rms_norm_eps=1e-6, rope_theta=1000000, tie_word_embeddings=True, head_dim=16),
        lambda c: decoder(c, {"self_attn.q_norm.weight": (16,), "self_attn.k_norm.weight": (16,)}, False), "")
    moe3 = lambda c: decoder(c, {**NO_MLP, "self_attn.q_norm.weight": (8,), "self_attn.k_norm.weight": (8,),
                                 "mlp.gate.weight": (3, 32), **experts("mlp.experts.%d.", 3, {
                                     "gate_proj": (24, 32), "up_proj": (24, 32), "down_proj": (32, 24)})})
    yield ("qwen3-moe", tok_qwen2, "qwen2", "bf16", "BF16", lambda n: config(
        "Qwen3MoeForCausalLM", "qwen3_moe", n, num_experts=3, num_experts_per_tok=2, moe_intermediate_size=24, norm_topk_prob=True,
        rms_norm_eps=1e-6, rope_theta=1e6), moe3, "")
    norms = {"pre_feedforward_layernorm.weight": (32,), "post_feedforward_layernorm.weight": (32,)}
    yield ("gemma-2-2b-it", tok_gemma, "", "f16", "F32", lambda n: config(
        "Gemma2ForCausalLM", "gemma2", n, rms_norm_eps=1e-6, sliding_window=64, attn_logit_softcapping=50.0,
        final_logit_softcapping=30.0, query_pre_attn_scalar=8), lambda c: decoder(c, norms, False), "")
    qk = {"self_attn.q_norm.weight": (8,), "self_attn.k_norm.weight": (8,)}
    yield ("gemma-3-1b", tok_gemma, "", "auto", "BF16", lambda n: config(
        "Gemma3ForCausalLM", "gemma3_text", n, rms_norm_eps=1e-6, sliding_window=64, sliding_window_pattern=6,
        rope_theta=1000000, rope_local_base_freq=10000, query_pre_attn_scalar=8), lambda c: decoder(c, {**norms, **qk}, False), "")
    fused = {"self_attn.q_proj.weight": None, "self_attn.k_proj.weight": None, "self_attn.v_proj.weight": None,
             "mlp.gate_proj.weight": None, "mlp.up_proj.weight": None, "self_attn.qkv_proj.weight": (64, 32),
             "mlp.gate_up_proj.weight": (96, 32)}
    yield ("phi-3.5-mini", tok_phi3, "", "f16", "BF16", lambda n: {k: v for k, v in config(
        "Phi3ForCausalLM", "phi3", n, rms_norm_eps=1e-5, sliding_window=200, rope_theta=10000.0,
        original_max_position_embeddings=64, pad_token_id=420, eos_token_id=420,
        rope_scaling={"type": "longrope", "long_factor": [1.5, 2.5, 3.5, 64.25], "short_factor": [1.0, 1.1, 1.2, 1.3]}).items()
        if k != "head_dim"}, lambda c: decoder({**c, "head_dim": 8}, fused), "")
    bert = {}
    for i in range(2):
        p = f"encoder.layer.{i}."
        for k, s in {"attention.self.query": (32, 32), "attention.self.key": (32, 32), "attention.self.value": (32, 32),
                     "attention.output.dense": (32, 32), "intermediate.dense": (48, 32), "output.dense": (32, 48),
                     "attention.output.LayerNorm": (32,), "output.LayerNorm": (32,)}.items():
            bert[p + k + ".weight"] = s
            bert[p + k + ".bias"] = s[:1]
    yield ("all-tiny-bert", tok_bert, "bert-bge", "f16", "F32", lambda n: {
        "architectures": ["BertModel"], "model_type": "bert", "vocab_size": n, "hidden_size": 32, "intermediate_size": 48,
        "num_hidden_layers": 2, "num_attention_heads": 4, "max_position_embeddings": 64, "type_vocab_size": 2,
        "layer_norm_eps": 1e-12, "pad_token_id": 0, "hidden_act": "gelu"}, lambda c: {
            "embeddings.word_embeddings.weight": (c["vocab_size"], 32), "embeddings.position_embeddings.weight": (64, 32),
            "embeddings.token_type_embeddings.weight": (2, 32), "embeddings.LayerNorm.weight": (32,),
            "embeddings.LayerNorm.bias": (32,), "pooler.dense.weight": (32, 32), "pooler.dense.bias": (32,), **bert}, "")


def dump(path):
    import gguf
    r = gguf.GGUFReader(path)
    lines = ["file " + hashlib.sha256(open(path, "rb").read()).hexdigest()]
    for f in r.fields.values():
        if f.name.startswith("GGUF."):
            continue
        types = "/".join(t.name for t in f.types)
        v = f.contents()
        text = json.dumps(v, ensure_ascii=True)
        if len(text) > 300:
            text = "%d sha256 %s" % (len(v), hashlib.sha256(json.dumps(v, ensure_ascii=True).encode()).hexdigest())
        lines.append(f"key {f.name} {types} {text}")
    for t in r.tensors:
        lines.append("tensor %s %s %s %s" % (t.name, t.tensor_type.name, list(map(int, reversed(t.shape))),
                                             hashlib.sha256(t.data.tobytes()).hexdigest()[:16]))
    return "\n".join(lines) + "\n"


def main():
    import logging
    logging.disable(logging.WARNING)
    import convert_hf_to_gguf as script
    from conversion import base
    keep = os.environ.get("KEEP")
    for name, tokenizer, pre, out, dtype, conf, tensors, card in cases():
        folder = os.path.join(HERE, name)
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        c = conf(tokenizer(folder))
        write(folder, "config.json", c)
        if card:
            write(folder, "README.md", card)
        shapes = tensors(c)
        write(folder, "tensors.tsv", "".join(f"{k}\t{dtype}\t{','.join(map(str, v))}\n" for k, v in shapes.items()))
        write(folder, "options.txt", out)
        kinds = {"F32": np.float32, "F16": np.float16, "BF16": ml_dtypes.bfloat16}
        with tempfile.TemporaryDirectory() as temp:
            work = os.path.join(keep or temp, name)
            shutil.copytree(folder, work, dirs_exist_ok=True)
            save_file({k: weights(k, v).astype(kinds[dtype]) for k, v in shapes.items()},
                      os.path.join(work, "model.safetensors"), metadata={"format": "pt"})
            target = os.path.join(keep or temp, name + ".gguf")
            base.TextModel.get_vocab_base_pre = lambda self, tokenizer, pre=pre: pre
            sys.argv = ["convert", work, "--outfile", target, "--outtype", out]
            script.main()
            write(folder, "expected.txt", dump(target))
        print(name, "done")


if __name__ == "__main__":
    main()
