#!/usr/bin/env bash
# Prints the flags of `swift build` that give the program the commit of these sources, for its
# records. Prints nothing outside a repository, or if sources differ from the commit.
cd "$(dirname "$0")/.."
commit=$(git rev-parse --short=12 HEAD 2>/dev/null) || exit 0
git diff --quiet HEAD -- Package.swift Sources Kernels Plans || exit 0
echo "-Xcc -DTOPOSHEET_COMMIT=$commit"
