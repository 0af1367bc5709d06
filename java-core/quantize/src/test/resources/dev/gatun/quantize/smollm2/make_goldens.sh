#!/bin/sh
# Usage: make_goldens.sh BIN MODEL   (a folder with the pinned llama.cpp's programs; the model of the
# catalogue's smollm2; run here; needs python3)
# What llama.cpp says of SmolLM2: statistics of an importance matrix over four chunks of our text, and
# the divergence of a model with three bits instead of four in one weight of each block.
set -eu
bin=$1
model=$2
text=../../../../../../main/resources/dev/gatun/quantize/validate/text.txt
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$bin/llama-imatrix" -m "$model" -f $text -c 128 -b 128 --chunks 4 --no-ppl -o "$work/imatrix.gguf" > /dev/null 2>&1
# The program often ends before its log is written: again until all lines are there.
tab=$(printf '\t')
: > imatrix.tsv
until [ "$(grep -ac "^ *[0-9-][0-9]*$tab" imatrix.tsv)" = 240 ]; do
  "$bin/llama-imatrix" -m "$model" --no-log-prefix --no-log-timestamps --show-statistics \
    --in-file "$work/imatrix.gguf" > "$work/log" 2>&1
  grep -a "^ *[0-9-][0-9]*$tab" "$work/log" > imatrix.tsv || true
done
python3 - "$model" "$work/candidate.gguf" <<'PYTHON'
import sys
# Of the four-bit numbers in the Q4_1 tensors (blocks of 20 bytes: d, m, 16 of numbers) the lowest bit is
# cleared in even bytes and set in odd ones: as large an error, without a bias.
from gguf import GGUFReader
import numpy as np
import shutil
shutil.copy(sys.argv[1], sys.argv[2])
for tensor in GGUFReader(sys.argv[2], "r+").tensors:
    if tensor.name.endswith("ffn_up.weight") and tensor.tensor_type.name == "Q4_1":
        blocks = tensor.data.reshape(-1, 20)
        blocks[:, 4::2] &= 0xEE
        blocks[:, 5::2] |= 0x11
PYTHON
run="-f $text -c 128 -b 128 --chunks 4"
"$bin/llama-perplexity" -m "$model" $run --kl-divergence-base "$work/logits" > /dev/null 2>&1
until grep -q 'Same top p:' divergence.txt 2> /dev/null; do
  "$bin/llama-perplexity" -m "$work/candidate.gguf" $run --kl-divergence-base "$work/logits" \
    --kl-divergence > divergence.txt 2>&1
  sed -i -n '/Perplexity statistics/,$p' divergence.txt
done
