#!/usr/bin/env bash
# Makes toposheet-<version>-linux-<machine>.tar.gz: one folder that runs without Swift, with the
# libraries beside the binary. The system still gives glibc, libstdc++, and the GPU's driver.
set -euo pipefail
cd "$(dirname "$0")/.."

swift=${SWIFT:-swift}
scratch=.build/dist
version=$(sed -n 's/^public let toposheetVersion = "\(.*\)"$/\1/p' Sources/TopoFoundation/Version.swift)
name=toposheet-$version-linux-$(uname -m)
folder=$scratch/$name

for tool in objdump ldd strip; do
  if ! command -v "$tool" >/dev/null; then
    echo "dist: $tool is missing; install binutils" >&2
    exit 1
  fi
done

# The old kind of run path, because that one serves what libraries themselves need, too.
"$swift" build -c release --static-swift-stdlib --scratch-path "$scratch" --product toposheet \
  $(scripts/commit-flags.sh) \
  -Xlinker -rpath -Xlinker '$ORIGIN/lib' -Xlinker --disable-new-dtags
built=$scratch/release/toposheet

rm -rf "$folder"
mkdir -p "$folder/lib" "$folder/LICENSES"
install -m 755 "$built" "$folder/toposheet"
strip "$folder/toposheet"
mkdir "$folder/Plans" && cp Plans/*.yaml "$folder/Plans"

# Every library but those that belong to the system: drivers that are loaded later must find the
# C and C++ libraries that they were made for, and ours is content with theirs.
is_the_systems() {
  case $1 in
    linux-vdso.* | ld-linux* | libc.so.* | libm.so.* | libdl.so.* | libpthread.so.* | librt.so.* | \
      libstdc++.so.* | libgcc_s.so.*) true ;;
    *) false ;;
  esac
}
# The package that a file came with. Where /lib is a link to /usr/lib, dpkg may know either name.
package_of() {
  local path
  path=$(readlink -f "$1")
  dpkg-query --search "$path" "${path#/usr}" 2>/dev/null | head -n 1 | cut -d: -f1
}
packages=()
while read -r library arrow path _; do
  library=$(basename "$library")
  if is_the_systems "$library"; then continue; fi
  if [ "$arrow" != "=>" ] || [ ! -f "$path" ]; then
    echo "dist: $library, which the binary needs, is not to be found" >&2
    exit 1
  fi
  install -m 644 "$(readlink -f "$path")" "$folder/lib/$library"
  strip --strip-unneeded "$folder/lib/$library"
  packages+=("$(package_of "$path" || true)")
done < <(ldd "$built")

# What is inside, and under which terms.
cp LICENSE "$folder/LICENSES/toposheet.txt"
cp scripts/licenses/*.txt "$folder/LICENSES/"
for checkout in "$scratch"/checkouts/*/; do
  package=$(basename "$checkout")
  for file in "$checkout"LICENSE*; do
    [ -f "$file" ] && cp "$file" "$folder/LICENSES/$package.txt"
  done
  find "$checkout" -mindepth 2 -name 'LICENSE*' -type f | while read -r file; do
    cp "$file" "$folder/LICENSES/$package-$(basename "$(dirname "$file")").txt"
  done
done
toolchain=$(dirname "$(dirname "$(readlink -f "$(command -v "$swift")")")")
cp "$toolchain/share/swift/LICENSE.txt" "$folder/LICENSES/swift.txt"
for package in "${packages[@]}"; do
  if [ ! -f "/usr/share/doc/$package/copyright" ]; then
    echo "dist: the terms of a library are not to be found; make this on Debian or Ubuntu" >&2
    exit 1
  fi
  cp -L "/usr/share/doc/$package/copyright" "$folder/LICENSES/$package.txt"
done
# Debian's files refer to these.
for terms in Apache-2.0 GPL-3; do
  if grep -q "common-licenses/${terms%%-*}" "$folder"/LICENSES/*.txt; then
    cp "/usr/share/common-licenses/$terms" "$folder/LICENSES/$terms.txt"
  fi
done

glibc=$(objdump -T "$folder/toposheet" "$folder"/lib/* | grep -o 'GLIBC_[0-9.]*' | sort -Vu | tail -n 1)
glibcxx=$(objdump -T "$folder/toposheet" "$folder"/lib/* | grep -o 'GLIBCXX_[0-9.]*' | sort -Vu |
  tail -n 1)
cat >"$folder/README.txt" <<TEXT
Toposheet $version

Trains and evaluates populations of topographic convolutional networks. Nothing has to be
installed: unpack this folder anywhere, and in it

    ./toposheet devices                          list the devices
    ./toposheet verify                           check the results of a device
    ./toposheet bench --quick                    how fast
    ./toposheet run Plans/demo.yaml --out demo   a small study, on Fashion-MNIST

The study needs the four files of Fashion-MNIST (*-ubyte, or *-ubyte.gz) in the folder
fashion-mnist of the folder that the environment variable TOPOSHEET_DATA names.
GPUs are found through their driver's entry in /etc/OpenCL/vendors.

Needs Linux on $(uname -m) with glibc ${glibc#GLIBC_} and libstdc++ with ${glibcxx} or later.
lib/ holds the libraries that it uses, LICENSES/ the terms of everything in here.
TEXT

archive=.build/$name.tar.gz
tar --create --gzip --owner=0 --group=0 --numeric-owner --sort=name --file "$archive" \
  --directory "$scratch" "$name"
echo "dist: $archive ($(du -h "$archive" | cut -f1)); needs ${glibc} and ${glibcxx}"
