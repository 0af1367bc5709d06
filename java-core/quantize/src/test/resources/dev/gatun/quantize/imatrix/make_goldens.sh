#!/bin/sh
# Usage: make_goldens.sh BIN   (a folder with llama-imatrix of the pinned llama.cpp; run here)
# Importance matrices of small models, in both forms, merged, and their statistics.
set -eu
bin=$1
models=../../../../../../../../models/src/test/resources/archs
text=text.txt
cp ../../../../../../main/resources/dev/gatun/quantize/validate/text.txt $text
for model in llama llama-moe qwen3moe; do
  run="$bin/llama-imatrix -m $models/$model.gguf -f $text -c 64 -b 64 -t 1 --chunks 4"
  $run -o $model.gguf > /dev/null 2>&1
  $run --output-format dat -o $model.dat > /dev/null 2>&1
done
"$bin/llama-imatrix" -m $models/llama.gguf -f $text -c 64 -b 64 -t 1 --chunk 4 --chunks 2 -o second.gguf > /dev/null 2>&1
"$bin/llama-imatrix" -m $models/llama.gguf -c 512 --in-file llama.gguf,second.gguf,llama.dat -o merged.gguf > /dev/null 2>&1
# The program often ends before its log is written: again until all lines are there.
tab=$(printf '\t')
for file in llama.gguf=24 llama-moe.gguf=18 qwen3moe.dat=18; do
  name=${file%=*}
  : > $name.tsv
  until [ "$(grep -ac "^ *[0-9-][0-9]*$tab" $name.tsv)" = "${file#*=}" ]; do
    "$bin/llama-imatrix" -m $models/llama.gguf --no-log-prefix --no-log-timestamps --show-statistics \
      --in-file $name > $name.tsv 2>&1
  done
done
rm $text
