"""Embeds texts with sentence-transformers over ONNX Runtime, for the benchmark Embeddings.

Usage: python sentence_transformers_peer.py MODEL.onnx TOKENIZER.json THREADS TEXTS
TEXTS lines of standard input are the texts; each line after them is answered with a number (of the
vectors, so that they were made) once all texts are embedded. Needs sentence-transformers, optimum-onnx, onnxruntime.
"""

import json
import pathlib
import shutil
import sys
import tempfile

import onnx
import onnxruntime
import torch
from sentence_transformers import SentenceTransformer, models


def folder(model, tokenizer, target):
    """The files that sentence-transformers looks for: those of all-MiniLM-L6-v2, and these weights."""
    config = {
        "architectures": ["BertModel"], "model_type": "bert", "hidden_size": 384,
        "num_hidden_layers": 6, "num_attention_heads": 12, "intermediate_size": 1536,
        "vocab_size": 30522, "max_position_embeddings": 512, "type_vocab_size": 2, "hidden_act": "gelu",
        "layer_norm_eps": 1e-12, "pad_token_id": 0,
    }
    (target / "config.json").write_text(json.dumps(config))
    longest = json.loads(tokenizer.read_text())["truncation"]["max_length"]
    words = {"tokenizer_class": "BertTokenizerFast", "do_lower_case": True, "model_max_length": longest}
    (target / "tokenizer_config.json").write_text(json.dumps(words))
    shutil.copy(tokenizer, target / "tokenizer.json")
    (target / "onnx").mkdir()
    proto = onnx.load(model)
    # The library asks for outputs by this name.
    wanted, first = "last_hidden_state", proto.graph.output[0].name
    for node in proto.graph.node:
        for names in node.input, node.output:
            names[:] = [wanted if name == first else name for name in names]
    proto.graph.output[0].name = wanted
    onnx.save(proto, target / "onnx" / "model.onnx")
    return longest


def main():
    model, tokenizer = map(pathlib.Path, sys.argv[1:3])
    threads, count = map(int, sys.argv[3:])
    torch.set_num_threads(threads)
    with tempfile.TemporaryDirectory() as name:
        longest = folder(model, tokenizer, pathlib.Path(name))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        given = {"provider": "CPUExecutionProvider", "file_name": "onnx/model.onnx", "session_options": options}
        words = models.Transformer(name, max_seq_length=longest, backend="onnx", model_args=given)
        pooling = models.Pooling(384, pooling_mode="mean")
        encoder = SentenceTransformer(modules=[words, pooling, models.Normalize()], device="cpu")
        texts = [sys.stdin.readline().rstrip("\n") for _ in range(count)]
        for _ in sys.stdin:
            vectors = encoder.encode(texts, batch_size=32, show_progress_bar=False)
            print(float(vectors[0][0]), flush=True)


main()
