# The tests of CUDA on a real GPU. Needs: root, flags, bench. Not run on device.

# NVIDIA's driver: the one that is named, the system's, or the one of WSL. Fails where there is none.
gatun_cuda_driver() {
  local file
  for file in "${GATUN_CUDA_LIBRARY:-}" "$(ldconfig -p 2>/dev/null | awk '/libcuda\.so\.1 /{print $NF; exit}')" \
    /usr/lib/wsl/lib/libcuda.so.1; do
    if [ -n "$file" ] && [ -f "$file" ]; then
      echo "$file"
      return 0
    fi
  done
  return 1
}

# What the bars of the backend are about, at the shape of a model of 7 billion weights: decoding (a share of the bandwidth is
# in the column "of the limit"), 32 sequences at once, and the prefill of 4,096 tokens; llama.cpp beside them where
# llama-bench is on the PATH, and what cuBLASLt needs for the products of that prefill where it is installed. Needs 22 GB of
# disk for the two models, which have random weights, and maven, the command.
gatun_bench_cuda() {
  local folder=$root/target/bench-cuda half q4 peer=() dtype
  half=$folder/7b-f16.gguf q4=$folder/7b-q4_k_m.gguf
  mkdir -p "$folder"
  [ -f "$half" ] || "$root/scripts/synthetic" 7b F16 "$half"
  [ -f "$q4" ] || "$root/scripts/gatun" quantize "$half" "$q4" Q4_K_M
  command -v llama-bench >/dev/null && peer=(--peer)
  for dtype in f16 q4_k_m; do
    "$root/scripts/gatun" bench "$folder/7b-$dtype.gguf" --backends cuda "${peer[@]}" -p 4096 -n 128 -npl 1,32 \
      --report "$folder/report-$dtype"
  done
  "${maven[@]}" -pl bindings/cuda -Dtest='dev/gatun/cuda/CublasLtTimesTest'
  echo "scripts/test --cuda --bench: bars: decode of F16 at 80 % of the limit or more, of Q4_K_M 50 %; 32 sequences 15 times" \
    "one; prefill as fast as cuBLASLt's line says (skipped without \`gatun runtimes install cublas\`); no slower than" \
    "llama.cpp; the reports are in $folder"
}

# Bindings, conformance, kernels, llama.cpp's logits and SmolLM2 on the first GPU; then conformance under the sanitizer.
gatun_test_cuda() {
  local driver maven=(mvn "${flags[@]}" verify -am -Dspotless.check.skip -Dsurefire.failIfNoSpecifiedTests=false)
  driver=$(gatun_cuda_driver) || {
    echo "scripts/test --cuda: there is no driver of NVIDIA here; scripts/test runs these tests on a stand-in" >&2
    exit 2
  }
  maven+=("-Dgatun.cuda.library=$driver")
  "${maven[@]}" -pl bindings/cuda,backends/cuda,java-core/pipelines \
    -Dtest='dev/gatun/cuda/**,dev/gatun/cudabackend/**,dev/gatun/pipelines/GpuStandInsTest'
  if command -v compute-sanitizer >/dev/null; then
    compute-sanitizer --target-processes all --error-exitcode 1 \
      "${maven[@]}" -pl backends/cuda -Dtest='dev/gatun/cudabackend/ConformanceTest'
  else
    echo "scripts/test --cuda: no compute-sanitizer on the PATH (it is part of the CUDA toolkit): skipped" >&2
  fi
  [ "$bench" = no ] || gatun_bench_cuda
}
