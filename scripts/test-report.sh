#!/usr/bin/env bash
# Opens reports in headless Chromium and uses them: Tests/Report/checks.js. Also reads the PDF of a
# figure if pdftotext is there.
#   scripts/test-report.sh .build/release/toposheet [FOLDER-FOR-SCREENSHOTS]
# Needs Python for its data. It is skipped if there is no Chromium.
set -euo pipefail
cd "$(dirname "$0")/.."

toposheet=$1
shots=${2:-}
browser=
for name in "${CHROMIUM:-chromium}" chromium-browser google-chrome; do
  if command -v "$name" >/dev/null; then browser=$name && break; fi
done
if [ -z "$browser" ] || ! command -v python3 >/dev/null; then
  echo "test-report: skipped, because Chromium or Python is missing; install them, or name a browser with CHROMIUM=..."
  exit 0
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

python3 Tests/Report/make-results.py "$folder"
"$toposheet" report "$folder/mnist" "$folder/cifar10" --out "$folder/report" >"$folder/log" 2>&1 || {
  cat "$folder/log"
  exit 1
}
if command -v pdftotext >/dev/null; then
  for text in "Accuracy over lambda" "accuracy (%)" ws-euclidean; do
    pdftotext "$folder/report/figures/mnist-accuracy.pdf" - | grep -qF "$text" || {
      echo "test-report: the PDF of a figure has no \"$text\""
      exit 1
    }
  done
fi

# The page with our checks in it, in a frame: windows are never as narrow as a phone.
awk -v before="Tests/Report/before.js" -v after="Tests/Report/checks.js" '
  function put(file, line) {
    print "<script>"
    while ((getline line < file) > 0) print line
    close(file)
    print "</script>"
  }
  /^<style>$/ { put(before) }
  /^<\/body>$/ { put(after) }
  { print }' "$folder/report/report.html" >"$folder/report/checked.html"

failed=0
run() {
  local width=$1 theme=$2
  # Chromium's number of the theme that a system prefers.
  local settings="--blink-settings=preferredColorScheme=$([ "$theme" = dark ] && echo 0 || echo 1)"
  local options=(--headless --no-sandbox --disable-gpu --hide-scrollbars --no-first-run
    "--user-data-dir=$folder/profile" "$settings" --virtual-time-budget=10000)
  frame() {
    cat >"$folder/report/frame.html" <<HTML
<!DOCTYPE html><body style="margin: 0"><iframe src="$1" title="page" scrolling="no"
style="border: 0; display: block; width: ${width}px; height: ${2}px"></iframe><p id="result">nothing</p>
<script>addEventListener("message", (event) => { result.textContent = event.data; });</script>
HTML
  }
  frame checked.html 1800
  local result
  result=$(timeout 120 "$browser" "${options[@]}" "--window-size=1700,1800" --dump-dom \
    "file://$folder/report/frame.html" 2>"$folder/log" |
    sed -n 's/.*<p id="result">\([^<]*\)<.*/\1/p')
  echo "test-report: $width px, $theme: ${result:-no answer}"
  case $result in passed*) ;; *) failed=1 ;; esac
  if [ -n "$shots" ]; then
    mkdir -p "$shots"
    frame report.html 9000
    timeout 120 "$browser" "${options[@]}" "--window-size=$((width < 500 ? 500 : width)),9000" \
      "--screenshot=$shots/report-$width-$theme.png" "file://$folder/report/frame.html" 2>/dev/null
  fi
}

run 400 light
run 800 dark
run 1280 light
if [ "$failed" = 1 ]; then exit 1; fi
echo "test-report: passed"
