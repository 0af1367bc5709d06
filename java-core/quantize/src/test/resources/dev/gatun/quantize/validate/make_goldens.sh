#!/bin/sh
# Usage: make_goldens.sh BIN   (a folder with llama-perplexity of the pinned llama.cpp; run here)
# What one small model predicts for our text, and how far another is from it.
set -eu
bin=$1
models=../../../../../../../../models/src/test/resources/archs
run="-f ../../../../../../main/resources/dev/gatun/quantize/validate/text.txt -c 64 -b 64 -t 1 --chunks 4"
"$bin/llama-perplexity" -m $models/llama-linear.gguf $run --kl-divergence-base linear.logits > /dev/null 2>&1
# The program often ends before its log is written: again until all of it is there.
until grep -q 'Same top p:' divergence.txt 2> /dev/null; do
  "$bin/llama-perplexity" -m $models/llama-f16.gguf $run --kl-divergence-base linear.logits \
    --kl-divergence > divergence.txt 2>&1
  sed -i -n '/Perplexity statistics/,$p' divergence.txt
done
