#!/usr/bin/env bash
# The README's library example is the file in Examples/library, and that compiles, runs a whole
# study, and finds it done when it is started again.
set -euo pipefail
cd "$(dirname "$0")/.."

example=Examples/library/Sources/library/main.swift
shown=$(awk '/^```swift$/ { inside = 1; next } /^```$/ { inside = 0 } inside' README.md)
if ! diff <(echo "$shown") "$example"; then
  echo "test-example: the README shows another program than $example" >&2
  exit 1
fi
swift build --package-path Examples/library --scratch-path .build/example 2>&1 | tail -n 3
program=$PWD/.build/example/debug/library
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
output=$(cd "$place" && "$program")
echo "$output"
# All conditions are there, and learned: chance is 10 %.
for condition in control ws-euclidean-0.5 ws-euclidean-1; do
  accuracy=$(awk -v name="$condition" '$1 == name { print $3; exit }' <<<"$output")
  if ! awk -v value="$accuracy" 'BEGIN { exit !(value > 20) }'; then
    echo "test-example: $condition has an accuracy of ${accuracy:-nothing} %, no better than chance" >&2
    exit 1
  fi
done
for file in report.html metrics.csv plan.yaml; do
  if [ ! -s "$place/runs/small/$file" ]; then
    echo "test-example: the program left no $file" >&2
    exit 1
  fi
done
# Started again, it trains nothing and prints the same tables.
again=$(cd "$place" && "$program")
if [ "$again" != "$(grep -v '^epoch ' <<<"$output")" ]; then
  echo "test-example: the program prints something else when it is started again" >&2
  exit 1
fi
echo "test-example: passed"
