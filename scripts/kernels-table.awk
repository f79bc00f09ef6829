# Judges the kernels' facts (see kernels-nvidia.awk), and prints them: a line per configuration of
# the matrix products, and one for all of each other kernel.

BEGIN {
  FS = "\t"
  print target ": " programs " programs"
  format = "%-30s %-14s %-18s %5s %4s %6s %6s %6s %5s %5s %8s %9s\n"
  printf format, "kernel", "channels", "tile", "items", "regs", "local", "FMAs", "ld.v4", "ld",
    "lds.v4", "FMA/load", "occupancy"
}

function constant(name,   found) {
  if (!match($3, "-D" name "=[0-9]+")) return 0
  found = substr($3, RSTART, RLENGTH)
  sub(/.*=/, "", found)
  return found + 0
}
function up(value, step) { return int((value + step - 1) / step) * step }
function least(a, b) { return a < b ? a : b }

# Hardware groups of work-items that a multiprocessor holds, of those that it could at most:
# limited by registers, local memory and their number.
function occupancy(   width, most, groups, per_group, by_registers) {
  width = target == "nvidia" ? 32 : 64
  most = target == "nvidia" ? 64 : 40
  per_group = up($2, width) / width
  if (target == "nvidia") {
    by_registers = int(65536 / (up($4, 8) * 32))
    groups = least(32, int((228 * 1024) / ($5 + 1024)))
  } else {
    by_registers = 4 * least(10, int(256 / up($4, 4)))
    groups = $5 > 0 ? int(65536 / $5) : 40
  }
  groups = least(groups, int(least(most, by_registers) / per_group))
  return groups * per_group "/" most
}

function complain(what) {
  print "FAILED " $1 ": " what "; options: " $3
  failed = 1
}

$4 < 0 { complain("not found in the compiler's output"); next }
$6 > 0 { complain($6 " bytes of stack frame and spills") }
# A group without a single hardware group's room could not start.
occupancy() + 0 == 0 { complain("does not fit on a multiprocessor") }

/^implicit_gemm_(correlate|weight_gradient)/ {
  unroll = constant("UNROLL")
  item = constant("ITEM_M") * constant("ITEM_N")
  sides = (constant("ITEM_M") + constant("ITEM_N")) / 4
  if ($7 < unroll * item) complain($7 " FMAs, not " unroll * item)
  if ($10 < unroll * sides) complain($10 " vector loads from local memory, not " unroll * sides)
  if ($1 ~ /correlate/) wanted = 1
  else wanted = constant("ALIGNED") * constant("TILE_M") * constant("TILE_K") / 4 / $2
  if ($8 < wanted) complain($8 " vector loads from global memory, not " wanted)
  if ($1 ~ /correlate/ && constant("ALIGNED") && $12 < item / 4)
    complain($12 " vector stores to global memory, not " item / 4)
  printf format, $1 (constant("ROTATED") ? " (rotated)" : ""),
    constant("SOURCE_CHANNELS") ">" constant("TARGET_CHANNELS") " " constant("TARGET_ROWS") "x" \
      constant("TARGET_COLUMNS"),
    constant("TILE_M") "x" constant("TILE_N") "x" constant("TILE_K") "/" constant("ITEM_M") "x" \
      constant("ITEM_N"),
    $2, $4, $5, $7, $8, $9, $10, sprintf("%.1f", $7 / ($8 + $9 + $10 + $11)), occupancy()
  next
}
{
  if (!($1 in most) || $4 > most[$1]) {
    most[$1] = $4
    row[$1] = sprintf(format, $1, "", "", $2, $4, $5, $7, $8, $9, $10, "", occupancy())
  }
  if (!($1 in configurations)) order[++kinds] = $1
  configurations[$1]++
}
END {
  for (i = 1; i <= kinds; i++) printf "%s", row[order[i]]
  exit failed
}
