"""Embeddings that ONNX Runtime and Hugging Face tokenizers give: mean over the tokens, length 1.

Usage: python make_goldens.py MINILM_FOLDER
Makes tiny/model.onnx (random weights), tiny/tokenizer.json, tiny.json and minilm.json; README.md has
the versions.
"""

import json
import pathlib
import sys

import numpy as np
import onnxruntime
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

ROOT = pathlib.Path(__file__).resolve().parents[9]
sys.path.insert(0, str(ROOT / "java-core/formats/src/test/resources/dev/gatun/formats/onnx"))

TEXTS = [
    "a cat",
    "A kitten!",
    "the quick brown fox jumps over the lazy dog",
    "caf\u00e9 na\u00efve \u4e2d\u6587 \u00dcber",
    "unaffable",
    "",
    "cat cat cat cat cat cat cat cat cat cat cat cat cat cat",
    "What is it?",
]


def tiny_tokenizer(path):
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "cat", "kit", "##ten", "the", "!", "?"]
    words += ["quick", "br", "##own", "fox", "jump", "##s", "over", "la", "##zy", "dog", "cafe"]
    words += ["naive", "un", "##aff", "##able", "what", "is", "it", "u", "##ber", "\u4e2d", "\u6587"]
    tokenizer = Tokenizer(
        models.WordPiece({word: i for i, word in enumerate(words)}, unk_token="[UNK]")
    )
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.add_special_tokens(words[:5])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    tokenizer.enable_truncation(12)
    tokenizer.save(str(path))


def record(folder, output, target):
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    session = onnxruntime.InferenceSession(
        str(folder / "model.onnx"), providers=["CPUExecutionProvider"]
    )
    taken = {each.name for each in session.get_inputs()}
    cases = []
    for text in TEXTS:
        ids = np.array([tokenizer.encode(text).ids], dtype=np.int64)
        given = {
            "input_ids": ids,
            "attention_mask": np.ones_like(ids),
            "token_type_ids": np.zeros_like(ids),
        }
        given = {key: value for key, value in given.items() if key in taken}
        vector = session.run([output], given)[0][0].mean(axis=0)
        vector /= np.linalg.norm(vector)
        cases.append({"text": text, "ids": ids[0].tolist(), "vector": [float(f"{x:.8g}") for x in vector]})
    target.write_text(json.dumps({"cases": cases}, ensure_ascii=True, indent=0) + "\n")


def main():
    here = pathlib.Path(__file__).parent
    import make_cases

    tiny = here / "tiny"
    make_cases.Encoder().build(words=34)
    pathlib.Path("encoder.onnx").rename(tiny / "model.onnx")
    tiny_tokenizer(tiny / "tokenizer.json")
    record(tiny, "hidden", here / "tiny.json")
    record(pathlib.Path(sys.argv[1]), "output_0", here / "minilm.json")


main()
