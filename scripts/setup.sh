#!/usr/bin/env bash
# Installs the system packages that building and running need, if they are missing, and says so; and
# those that are named as arguments.
set -euo pipefail

needed=(
  ocl-icd-opencl-dev        # the OpenCL loader
  opencl-headers
  pocl-opencl-icd           # an OpenCL device on every machine: the CPU
  libclblast-dev            # matrix products on OpenCL
  libdnnl-dev               # oneDNN: convolutions and matrix products on the CPU
  zlib1g-dev                # gzip files
  liblapacke-dev            # eigenvalues
  libpng-dev                # PNG pictures
  libturbojpeg0-dev         # JPEG compression as a corruption of images
)
needed+=("$@")
# The build works without these, if a distribution lacks them.
useful=(
  oclgrind                  # a simulator that checks kernels
  dataset-fashion-mnist     # the images of the demo
)
packages=("${needed[@]}" "${useful[@]}")

if ! command -v swift >/dev/null; then
  echo "setup: Swift is missing; install Swift 6.1 or later from https://www.swift.org/install/linux" >&2
  exit 1
fi

if ! command -v dpkg-query >/dev/null; then
  echo "setup: this is neither Debian nor Ubuntu; install what these packages hold, then continue:" >&2
  printf '  %s\n' "${packages[@]}" >&2
  # The build finds out what is there already.
  exit 0
fi

missing=()
for package in "${packages[@]}"; do
  status=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$status" = installed ] || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then exit 0; fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "setup: ask an administrator for: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi
echo "setup: installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq
install() { "${as_root[@]}" apt-get install -y -qq --no-install-recommends "$@" >/dev/null; }
if ! install "${missing[@]}"; then
  install "${needed[@]}"
  for package in "${useful[@]}"; do
    install "$package" || echo "setup: continuing without $package, which is not available here" >&2
  done
fi
echo "setup: done"
