"""Questions with given answers, and what lm-evaluation-harness makes of them: choices.jsonl and choices.tsv.

    gatun convert java-core/models/src/test/resources/archs/llama-f16.gguf FOLDER --type f32
    python make_choices.py FOLDER

Needs torch, transformers and lm_eval 0.4.13. Each line of choices.tsv: log-likelihoods of the choices, then the share of right
answers by likelihood and by likelihood per character, each with its standard error, in the last line.
"""
import json
import os
import sys
import tempfile

import lm_eval
from lm_eval.models.huggingface import HFLM
from lm_eval.tasks import TaskManager

HERE = os.path.dirname(os.path.abspath(__file__))
SUBJECTS = ["the water", "a small river", "the old house", "his brother", "the moon"]
ENDS = [["is cold", "sings a long song about the winter"], ["rises", "falls down slowly", "was here"],
        ["and then it stops", "or", "but never without a reason", "2 + 2"]]
QUESTIONS = [{"context": f"In the morning {subject}" + (" " if (i + j) % 3 == 0 else ""), "choices": ends,
              "label": (i * 2 + j) % len(ends)} for i, subject in enumerate(SUBJECTS) for j, ends in enumerate(ENDS)]

with tempfile.TemporaryDirectory() as folder:
    data = os.path.join(HERE, "choices.jsonl")
    with open(data, "w") as f:
        f.writelines(json.dumps(question) + "\n" for question in QUESTIONS)
    with open(os.path.join(folder, "choices.yaml"), "w") as f:
        json.dump({"task": "choices", "dataset_path": "json", "dataset_kwargs": {"data_files": {"test": data}}, "test_split": "test",
                   "output_type": "multiple_choice", "doc_to_text": "{{context}}", "doc_to_choice": "{{choices}}",
                   "doc_to_target": "{{label}}", "metric_list": [{"metric": "acc"}, {"metric": "acc_norm"}]}, f)
    result = lm_eval.simple_evaluate(
        model=HFLM(pretrained=sys.argv[1], dtype="float32", device="cpu", batch_size=1, add_bos_token=True), tasks=["choices"],
        task_manager=TaskManager(include_path=folder, include_defaults=False), bootstrap_iters=1, log_samples=True)

samples = sorted(result["samples"]["choices"], key=lambda sample: sample["doc_id"])
figures = result["results"]["choices"]
with open(os.path.join(HERE, "choices.tsv"), "w") as f:
    for sample in samples:
        f.write("\t".join(repr(float(response[0])) for response in sample["filtered_resps"]) + "\n")
    f.write("\t".join(repr(figures[name + ",none"]) for name in ("acc", "acc_stderr", "acc_norm", "acc_norm_stderr")) + "\n")
