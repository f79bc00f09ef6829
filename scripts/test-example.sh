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
grep -q "ws-euclidean-1" <<<"$output"
echo "test-example: passed"
