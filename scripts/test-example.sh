#!/usr/bin/env bash
# The README's library example is the file in Examples/library, and that compiles and runs.
set -euo pipefail
cd "$(dirname "$0")/.."

example=Examples/library/Sources/library/main.swift
shown=$(awk '/^```swift$/ { inside = 1; next } /^```$/ { inside = 0 } inside' README.md)
if ! diff <(echo "$shown") "$example"; then
  echo "test-example: the README shows another program than $example" >&2
  exit 1
fi
cd Examples/library
swift build --scratch-path ../../.build/example 2>&1 | tail -n 3
output=$(../../.build/example/debug/library)
echo "$output"
# Both conditions are there, and learned: chance is 10 %.
for condition in control ws-euclidean-1; do
  accuracy=$(awk -v name="$condition" '$1 == name { print $3 }' <<<"$output")
  if ! awk -v value="$accuracy" 'BEGIN { exit !(value > 20) }'; then
    echo "test-example: $condition has an accuracy of ${accuracy:-nothing} %, no better than chance" >&2
    exit 1
  fi
done
echo "test-example: passed"
