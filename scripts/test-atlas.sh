#!/usr/bin/env bash
# Opens atlases in headless Chromium and uses them with keys and the pointer: Tests/Atlas/checks.js.
#   scripts/test-atlas.sh .build/release/toposheet [FOLDER-FOR-SCREENSHOTS]
# Needs Python for its small data. It is skipped if there is no Chromium.
set -euo pipefail
cd "$(dirname "$0")/.."

toposheet=$1
shots=${2:-}
browser=
for name in "${CHROMIUM:-chromium}" chromium-browser google-chrome; do
  if command -v "$name" >/dev/null; then browser=$name && break; fi
done
if [ -z "$browser" ] || ! command -v python3 >/dev/null; then
  echo "test-atlas: skipped, because Chromium or Python is missing; install them, or name a browser with CHROMIUM=..."
  exit 0
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# Images of ten classes, of which the brightest row says the class; a layer of 12 units that respond
# to rows of the images, one of them not at all; their positions on a plane.
python3 - "$folder" <<'PYTHON'
import random, struct, sys

folder = sys.argv[1]
draw = random.Random(0)

def images(count, side=12):
    labels = [index * 7 % 10 for index in range(count)]
    pixels = [[[draw.randrange(90) + 150 * (row == label) for _ in range(side)]
               for row in range(side)] for label in labels]
    return labels, pixels

def npy(name, code, shape, data):
    header = f"{{'descr': '{code}', 'fortran_order': False, 'shape': {shape}, }}"
    header += " " * (-(len(header) + 11) % 64) + "\n"
    with open(f"{folder}/{name}.npy", "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + data)

def floats(rows):
    return struct.pack(f"<{sum(map(len, rows))}f", *[value for row in rows for value in row])

for name, count in [("train", 200), ("t10k", 100)]:
    labels, pixels = images(count)
    flat = bytes(value for image in pixels for row in image for value in row)
    with open(f"{folder}/{name}-images-idx3-ubyte", "wb") as file:
        file.write(struct.pack(">4i", 0x803, count, 12, 12) + flat)
    with open(f"{folder}/{name}-labels-idx1-ubyte", "wb") as file:
        file.write(struct.pack(">2i", 0x801, count) + bytes(labels))
# The arrays are those of the last images.
responses = [[0 if unit == 7 else sum(image[unit]) / 1000 - 1 for unit in range(12)] for image in pixels]
npy("a", "<f4", (100, 12), floats(responses))
npy("y", "|u1", (100,), bytes(labels))
npy("i", "|u1", (100, 12, 12), flat)
npy("p", "<f4", (12, 2), floats([[draw.random(), draw.random()] for _ in range(12)]))
PYTHON

"$toposheet" train --data "$folder" --architecture mnist --penalty control --seeds 0-1 --epochs 2 \
  --device cpu --out "$folder/trained" >/dev/null 2>&1
"$toposheet" atlas "$folder/trained" --data "$folder" --device cpu --out "$folder/networks.html"
"$toposheet" atlas --activations "$folder/a.npy" --sheet 3x4 --labels "$folder/y.npy" \
  --images "$folder/i.npy" --out "$folder/sheet.html"
"$toposheet" atlas --activations "$folder/a.npy" --positions "$folder/p.npy" \
  --out "$folder/positions.html"

# The page with our checks in it, in a frame: windows are never as narrow as a phone.
prepare() {
  local page=$1 width=$2
  awk -v before="Tests/Atlas/before.js" -v after="Tests/Atlas/checks.js" '
    function put(file, line) {
      print "<script>"
      while ((getline line < file) > 0) print line
      close(file)
      print "</script>"
    }
    /^<style>$/ { put(before) }
    /^<\/body>$/ { put(after) }
    { print }' "$folder/$page.html" >"$folder/$page-checked.html"
  cat >"$folder/frame.html" <<HTML
<!DOCTYPE html><body style="margin: 0"><iframe src="$page-checked.html" title="page" scrolling="no"
style="border: 0; display: block; width: ${width}px; height: 1800px"></iframe><p id="result">nothing</p>
<script>addEventListener("message", (event) => { result.textContent = event.data; });</script>
HTML
}

failed=0
run() {
  local page=$1 width=$2 theme=$3
  # Chromium's number of the theme that a system prefers.
  local settings="--blink-settings=preferredColorScheme=$([ "$theme" = dark ] && echo 0 || echo 1)"
  local options=(--headless --no-sandbox --disable-gpu --hide-scrollbars --no-first-run
    "--user-data-dir=$folder/profile" "$settings" --virtual-time-budget=10000)
  prepare "$page" "$width"
  local result
  result=$(timeout 120 "$browser" "${options[@]}" "--window-size=1700,1800" --dump-dom \
    "file://$folder/frame.html" 2>"$folder/log" |
    sed -n 's/.*<p id="result">\([^<]*\)<.*/\1/p')
  echo "test-atlas: $page, $width px, $theme: ${result:-no answer}"
  case $result in passed*) ;; *) failed=1 ;; esac
  if [ -n "$shots" ]; then
    mkdir -p "$shots"
    sed -i "s/$page-checked/$page/" "$folder/frame.html"
    timeout 120 "$browser" "${options[@]}" "--window-size=$((width < 500 ? 500 : width)),1800" \
      "--screenshot=$shots/$page-$width-$theme.png" "file://$folder/frame.html" 2>/dev/null
  fi
}

for page in networks sheet positions; do
  run "$page" 360 light
  run "$page" 1280 dark
done
run networks 1600 light
if [ "$failed" = 1 ]; then exit 1; fi
echo "test-atlas: passed"
