#!/usr/bin/env bash
# Unpacks an archive of `make dist` into a root folder that holds the C and C++ libraries and
# nothing else, and runs it there: test-dist.sh ARCHIVE. Needs root (chroot), apt-get and dpkg.
set -euo pipefail

archive=$1
images=${IMAGES:-/usr/share/datasets/fashion-mnist}
if [ "$(id -u)" -ne 0 ]; then
  echo "test-dist: changing the root folder needs root; try: sudo $0 $archive" >&2
  exit 1
fi
if [ ! -d "$images" ]; then
  echo "test-dist: there is no $images; name a folder of Fashion-MNIST by IMAGES" >&2
  exit 1
fi
folder=$(mktemp -d)
root=$folder/root
finish() {
  if mountpoint -q "$root/proc"; then umount "$root/proc"; fi
  rm -rf --one-file-system "$folder"
}
trap finish EXIT
mkdir -p "$root" "$folder/packages"
chmod 755 "$folder/packages"

(
  cd "$folder/packages"
  apt-get download -qq -o APT::Sandbox::User=root libc6 libgcc-s1 libstdc++6
  for package in *.deb; do dpkg -x "$package" "$root"; done
)
# What programs may expect of any system, and no more.
mkdir -p "$root/tmp" "$root/dev" "$root/data" "$root/proc"
chmod 1777 "$root/tmp"
# Where a program lies, and so where its libraries are, the loader learns from /proc.
mount -t proc proc "$root/proc"
mknod -m 666 "$root/dev/null" c 1 3
mknod -m 666 "$root/dev/urandom" c 1 9
tar -x -f "$archive" -C "$root"
cp -rL "$images" "$root/data/fashion-mnist"
place=/$(basename "$archive" .tar.gz | sed 's/-linux.*//')
place=/$(basename "$(ls -d "$root$place"*)")
cat >"$root/tiny.yaml" <<'YAML'
name: tiny
data: fashion-mnist
subset: 640
architecture: mnist
conditions: [{penalty: control}, {penalty: ws, lambda: 1}]
seeds: 0
epochs: 1
YAML

inside() {
  echo "test-dist: $*"
  env -i PATH="$PATH" TOPOSHEET_DATA=/data chroot "$root" "$place/toposheet" "$@"
}
inside --version
devices=$(inside devices)
echo "$devices"
grep -q "^cpu" <<<"$devices"
# There is no driver in there, and that is said; the loader itself is found.
grep -q "No OpenCL device" <<<"$devices"
inside verify --device cpu
inside run /tiny.yaml --device cpu --out /tmp/tiny
[ -s "$root/tmp/tiny/ws-euclidean-1/seed-0/model.safetensors" ]

# Libraries come from the folder, and the system's drivers are seen, outside of the new root.
loaded=$(env -i LD_TRACE_LOADED_OBJECTS=1 "$root$place/toposheet")
for library in libclblast libdnnl libOpenCL libgomp libpng16 liblapacke; do
  if ! grep "$library" <<<"$loaded" | grep -q "$root$place/"; then
    echo "test-dist: $library does not come from the folder" >&2
    exit 1
  fi
done
if compgen -G "/etc/OpenCL/vendors/*.icd" >/dev/null; then
  env -i PATH="$PATH" HOME="$folder" "$root$place/toposheet" devices | grep -A 2 "^opencl:0"
  env -i PATH="$PATH" HOME="$folder" "$root$place/toposheet" verify --small --device opencl | tail -n 1
fi
echo "test-dist: passed"
