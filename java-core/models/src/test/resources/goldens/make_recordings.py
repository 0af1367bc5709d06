"""Turns recorded generations (JSON) into the tables that dev.gatun.models.eval.Recordings reads.

usage: make_recordings.py SOURCE.json TARGET.tsv
"""
import json
import sys

cases = json.load(open(sys.argv[1]))["cases"]
with open(sys.argv[2], "w") as out:
    print("prompt", "steps", sep="\t", file=out)
    for case in cases:
        steps = (
            f"{s['id']}:" + ",".join(f"{t}={p}" for t, p in s["top"]) for s in case["steps"]
        )
        print(",".join(map(str, case["prompt_tokens"])), ";".join(steps), sep="\t", file=out)
