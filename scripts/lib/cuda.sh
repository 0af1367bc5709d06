# The tests of CUDA on a real GPU. Needs: root, flags. Not run on device.

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
}
