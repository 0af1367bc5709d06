"""Copies the models and the outputs that the tests read, without repetition.

usage: make_subset.py SOURCE_FOLDER TARGET_FOLDER

Of each model's three sequences (24, 40, 72 tokens) the first and the last are kept. Of files with F16 or quantized
weights only the outputs for the same weights in F32 are kept, as results named `f32w`. cases.tsv says what is there.
"""
import json
import pathlib
import shutil
import sys

KEPT = (0, 2)
source, target = map(pathlib.Path, sys.argv[1:3])
rows = []
for header in sorted(source.glob("*.json")):
    j = json.loads(header.read_text())
    shutil.copyfile(source / j["gguf"], target / j["gguf"])
    tokens = [j["sequences"][i] for i in KEPT]
    for result, entry in j["results"].items():
        if result == "logits" and "f32w" in j["results"]:
            continue
        data = (source / entry["file"]).read_bytes()
        if result == "pooled":
            parts = [data[4 * j["width"] * i : 4 * j["width"] * (i + 1)] for i in KEPT]
        else:
            parts = []
            for i in KEPT:
                size = 4 * j["shapes"][i][0] * j["shapes"][i][1]
                parts.append(data[j["offsets"][i] : j["offsets"][i] + size])
        (target / entry["file"]).write_bytes(b"".join(parts))
        context = 512 if result == "long" else j["n_ctx"]
        sequences = ";".join(",".join(map(str, s)) for s in tokens)
        rows.append((j["name"], result, j["gguf"], entry["file"], context, j["width"], sequences))
with open(target / "cases.tsv", "w") as out:
    print("name", "result", "model", "outputs", "context", "width", "sequences", sep="\t", file=out)
    for row in rows:
        print(*row, sep="\t", file=out)
