#!/usr/bin/env bash
# Prints which modules import which, and which folders of a module use types of which other folders
# of the same module. Fails if modules, or folders of a module, depend on each other in a circle.
#
# A folder and the folders in it may use each other: the outer one holds what they share and what
# joins them. `.` is the module's own folder. Only types that are declared at the top of a file
# count. `--all` also prints the types behind each line.
set -euo pipefail
cd "$(dirname "$0")/.."

find Sources Kernels Plans -name '*.swift' | LC_ALL=C sort | xargs awk -v all="${1:-}" '
  # The module and the folder in it that a file belongs to.
  FNR == 1 {
    n = split(FILENAME, parts, "/")
    module = parts[1] == "Sources" ? parts[2] : "Topo" parts[1]
    folder = "."
    for (i = 3; i < n; i++) folder = i == 3 ? parts[i] : folder "/" parts[i]
    modules[module] = 1
  }
  /^(@[a-zA-Z_]+ )*import (Topo[A-Za-z]*)/ {
    if ($NF != module) imports[module, $NF] = 1
    next
  }
  {
    line = $0
    # Comments and texts name things without using them.
    sub(/\/\/.*/, "", line)
    gsub(/"[^"\\]*"/, "", line)
    declaration = line
    # Types at the top of a file; those inside others are found by the outer name.
    if (declaration ~ /^((public|package|internal|final|indirect|@[a-z]+(\([^)]*\))?) )*(struct|class|enum|protocol|actor|typealias) [A-Za-z_]+/) {
      sub(/^((public|package|internal|final|indirect|@[a-z]+(\([^)]*\))?) )*(struct|class|enum|protocol|actor|typealias) /, "", declaration)
      match(declaration, /^[A-Za-z_0-9]+/)
      name = substr(declaration, 1, RLENGTH)
      home[module, name] = folder
    }
    while (match(line, /[A-Za-z_][A-Za-z_0-9]*/)) {
      word = substr(line, RSTART, RLENGTH)
      # A type inside of another one is that one.
      is_member = RSTART > 1 && substr(line, RSTART - 1, 1) == "."
      line = substr(line, RSTART + RLENGTH)
      if (word ~ /^[A-Z]/ && !is_member) uses[module, folder, word] = 1
    }
  }
  function is_inside(inner, outer) { return outer == "." || index(inner, outer "/") == 1 }
  # Depth-first search; prints a circle and notes it.
  function visit(kind, node, depth,    i, count, list, next_node) {
    state[node] = 1
    path[depth] = node
    count = split(edges[node], list, " ")
    for (i = 1; i <= count; i++) {
      next_node = list[i]
      if (state[next_node] == 1) {
        circle = ""
        for (k = depth; k >= 1; k--) {
          circle = " -> " path[k] circle
          if (path[k] == next_node) break
        }
        circle = substr(circle, 5) " -> " next_node
        gsub(SUBSEP, "/", circle)
        print "CIRCLE of " kind ": " circle
        failed = 1
      } else if (state[next_node] == 0) visit(kind, next_node, depth + 1)
    }
    state[node] = 2
  }
  function sorted(set, list,    count, name, i, j, held) {
    count = 0
    for (name in set) list[++count] = name
    for (i = 2; i <= count; i++) {
      held = list[i]
      for (j = i - 1; j >= 1 && list[j] > held; j--) list[j + 1] = list[j]
      list[j + 1] = held
    }
    return count
  }
  END {
    print "Modules"
    count = sorted(modules, names)
    for (i = 1; i <= count; i++) {
      edges[names[i]] = ""
      for (j = 1; j <= count; j++) {
        if ((names[i], names[j]) in imports) edges[names[i]] = edges[names[i]] " " names[j]
      }
      print "  " names[i] (edges[names[i]] == "" ? "" : " ->" edges[names[i]])
    }
    for (i = 1; i <= count; i++) if (!state[names[i]]) visit("modules", names[i], 1)

    for (key in uses) {
      split(key, part, SUBSEP)
      if (!((part[1], part[3]) in home)) continue
      other = home[part[1], part[3]]
      if (other == part[2]) continue
      folder_uses[part[1], part[2], other] = folder_uses[part[1], part[2], other] " " part[3]
      folders[part[1], part[2]] = 1
      folders[part[1], other] = 1
    }
    print "Folders"
    count = sorted(folders, names)
    for (i = 1; i <= count; i++) {
      split(names[i], from, SUBSEP)
      edges[names[i]] = ""
      shown = ""
      for (j = 1; j <= count; j++) {
        split(names[j], to, SUBSEP)
        if (!((from[1], from[2], to[2]) in folder_uses) || from[1] != to[1]) continue
        shown = shown " " to[2]
        if (all == "--all") shown = shown " (" substr(folder_uses[from[1], from[2], to[2]], 2) ")"
        if (!is_inside(from[2], to[2]) && !is_inside(to[2], from[2])) {
          edges[names[i]] = edges[names[i]] " " names[j]
        }
      }
      if (shown != "") print "  " from[1] "/" from[2] " ->" shown
    }
    for (i = 1; i <= count; i++) if (!state[names[i]]) visit("folders", names[i], 1)
    exit failed
  }
'
