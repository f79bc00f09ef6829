#!/usr/bin/env bash
# Runs a build, and fails if it warns about our sources; packages of others may warn.
set -uo pipefail

log=$(mktemp)
trap 'rm -f "$log"' EXIT
"$@" 2>&1 | tee "$log"
status=${PIPESTATUS[0]}
[ "$status" -eq 0 ] || exit "$status"
if grep -E "warning:" "$log" | grep -vE "/\.build[^/]*/checkouts/" | sort -u | grep .; then
  echo "check: the build warns; see above" >&2
  exit 1
fi
echo "check: formatted, and built without warnings"
