#!/usr/bin/env bash
# Compiles every kernel that a GPU would run to train and evaluate the networks, as compilers for
# NVIDIA (sm_90) and AMD (gfx906) do, without a GPU; those with tensor cores for NVIDIA's sm_80 and
# sm_90. Fails if sums leave the registers (a stack frame, a spill), loads are not the vectors that
# the tiling asks for, an instruction of tensor cores is missing, or the compiler warns, and prints
# a table. Each file of Kernels must also compile alone, with the defaults of its constants.
# NVIDIA's and AMD's own OpenCL compilers are not this clang: the figures are close, not exact.
set -euo pipefail

toposheet=$1
root=$(cd "$(dirname "$0")/.." && pwd)
work=$root/.build/kernels-check
nvcc_version=13.5.37
clang=clang-14
clc=/usr/lib/clc

"$root/scripts/setup.sh" clang-14 libclc-14
mkdir -p "$work"

# NVIDIA's assembler: $PTXAS, an installed one, or the one in a Python wheel that needs no Python.
fetch_ptxas() {
  local wheels=$work/wheels
  rm -rf "$wheels"
  mkdir -p "$wheels"
  command -v pip3 >/dev/null || return 1
  pip3 download --quiet --no-deps --dest "$wheels" "nvidia-cuda-nvcc==$nvcc_version" || return 1
  if command -v unzip >/dev/null; then
    unzip -q -o "$wheels"/*.whl 'nvidia/*/bin/ptxas' -d "$wheels"
  else
    python3 -m zipfile -e "$wheels"/*.whl "$wheels"
  fi
  cp "$wheels"/nvidia/*/bin/ptxas "$work/ptxas"
  chmod +x "$work/ptxas"
  rm -rf "$wheels"
  # `set -e` is off in here, because the caller tests the result.
  [ -x "$work/ptxas" ]
}
targets=(nvidia tensor-sm_80 tensor-sm_90 amd)
ptxas=${PTXAS:-$(command -v ptxas || echo "$work/ptxas")}
if [ ! -x "$ptxas" ]; then
  echo "kernels-check: fetching ptxas"
  if ! fetch_ptxas; then
    # A machine without a network still checks what it can.
    echo "kernels-check: WARNING: NVIDIA is left out: no ptxas, and pip3 cannot fetch it; set PTXAS" \
      "to the one of a CUDA toolkit (12 or later), or copy nvidia/cu13/bin/ptxas of the wheel" \
      "nvidia-cuda-nvcc to $work/ptxas" >&2
    targets=(amd)
  fi
fi

# Compiles program number $2 of target $1.
compile() {
  local target=$1 number=$2 arch=sm_90 family options base
  case $target in tensor-*) arch=${target#tensor-} ;; esac
  base=$work/$target/$number
  family=$(cut -f 1 "$base.tsv")
  options=$(cut -f 3 "$base.tsv")
  # libclc names AMD's target in another way, of which the linker warns.
  local common=(-x cl -cl-std=CL1.2 -O3 -Wall -Wextra -Werror -Wno-linker-warnings
    -Xclang -finclude-default-header -Xclang -mlink-bitcode-file -Xclang)
  # shellcheck disable=SC2086
  case $target in
    nvidia | tensor-*)
      $clang "${common[@]}" $clc/nvptx64--nvidiacl.bc -target nvptx64--nvidiacl -march=sm_80 \
        $options -S "$work/$target/$family.cl" -o "$base.ptx" 2>"$base.log" &&
        "$ptxas" -v -arch="$arch" "$base.ptx" -o /dev/null >"$base.txt" 2>&1
      ;;
    amd)
      $clang "${common[@]}" $clc/amdgcn--amdhsa.bc -target amdgcn-amd-amdhsa -mcpu=gfx906 \
        -nogpulib $options -S "$work/$target/$family.cl" -o "$base.s" 2>"$base.log"
      ;;
  esac || { cat "$base.log" "$base.txt" >&2 2>/dev/null; return 1; }
}
export -f compile
export work clang clc ptxas

status=0
for file in "$root"/Kernels/*.cl; do
  if ! $clang -x cl -cl-std=CL1.2 -Xclang -finclude-default-header -fsyntax-only \
    -I "$root/Kernels" -Wall -Wextra -Werror "$file"; then
    echo "kernels-check: $(basename "$file") does not compile alone" >&2
    status=1
  fi
done
for target in "${targets[@]}"; do
  case $target in
    nvidia | tensor-sm_90) profile=nvidia-hopper ;;
    tensor-sm_80) profile=nvidia-ampere ;;
    amd) profile=amd-cdna ;;
  esac
  rm -rf "${work:?}/$target"
  mkdir -p "$work/$target"
  case $target in
    tensor-*)
      "$toposheet" kernels --profile $profile --precision tf32 --out "$work/$target" |
        { grep -- -DTENSOR_PRODUCTS= || true; } >"$work/$target/list.tsv"
      ;;
    *) "$toposheet" kernels --profile $profile --out "$work/$target" >"$work/$target/list.tsv" ;;
  esac
  count=$(wc -l <"$work/$target/list.tsv")
  if [ "$count" -eq 0 ]; then
    echo "kernels-check: toposheet kernels lists none for $target" >&2
    exit 1
  fi
  number=0
  while IFS= read -r line; do
    printf '%s\n' "$line" >"$work/$target/$number.tsv"
    number=$((number + 1))
  done <"$work/$target/list.tsv"
  if ! seq 0 $((count - 1)) | xargs -P "$(nproc)" -I{} bash -c "compile $target {}"; then
    echo "kernels-check: not all programs compile for $target; see above" >&2
    exit 1
  fi
  echo
  for number in $(seq 0 $((count - 1))); do
    case $target in
      nvidia | tensor-*) awk -f "$root/scripts/kernels-nvidia.awk" "$work/$target/$number."{tsv,ptx,txt} ;;
      amd) awk -f "$root/scripts/kernels-amd.awk" "$work/$target/$number."{tsv,s} ;;
    esac
  done | awk -v target=$target -v programs="$count" -f "$root/scripts/kernels-table.awk" || status=1
done
if [ $status -ne 0 ]; then
  echo "kernels-check: FAILED; see the lines above" >&2
else
  echo "kernels-check: passed (${targets[*]})"
fi
exit $status
