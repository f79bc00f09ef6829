# Judges the kernels' facts (see kernels-nvidia.awk), and prints them: a line per configuration of
# the matrix products, and one for all of each other kernel.

BEGIN {
  FS = "\t"
  print target ": " programs " programs"
  format = "%-30s %-14s %-18s %5s %4s %6s %6s %6s %5s %5s %8s %9s\n"
  isTensor = target ~ /^tensor/
  printf format, "kernel", "channels", "tile", "items", "regs", "local", isTensor ? "mma" : "FMAs",
    "ld.v4", "ld", "lds.v4", isTensor ? "mma/load" : "FMA/load", "occupancy"
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
  width = target == "amd" ? 64 : 32
  most = target == "amd" ? 40 : 64
  per_group = up($2, width) / width
  if (target != "amd") {
    by_registers = int(65536 / (up($4, 8) * 32))
    # Of an A100 and an H100.
    groups = least(32, int(((target ~ /sm_80/ ? 164 : 228) * 1024) / ($5 + 1024)))
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
  item = constant("ITEM_M") * constant("ITEM_N")
  if (isTensor) {
    # An instruction multiplies 16 x 8 of a warp's results, of which a work-item has four.
    products = constant("TILE_K") / 8 * item / 4 * constant("TENSOR_PRODUCTS")
    if ($13 < products || products == 0)
      complain($13 " instructions of tensor cores, not " products)
    # A work-item reads two rows of both tiles: a vector of each four channels and eight pixels.
    loads = constant("TILE_K") / 8 * 2 * (constant("ITEM_M") / 4 + constant("ITEM_N") / 8)
    sums = $13
  } else {
    unroll = constant("UNROLL")
    if ($7 < unroll * item) complain($7 " FMAs, not " unroll * item)
    loads = unroll * (constant("ITEM_M") + constant("ITEM_N")) / 4
    sums = $7
  }
  if ($10 < loads) complain($10 " vector loads from local memory, not " loads)
  if ($1 ~ /correlate/) wanted = 1
  else wanted = constant("ALIGNED") * constant("TILE_M") * constant("TILE_K") / 4 / $2
  if ($8 < wanted) complain($8 " vector loads from global memory, not " wanted)
  if ($1 ~ /correlate/ && constant("ALIGNED") && $12 < item / 4)
    complain($12 " vector stores to global memory, not " item / 4)
  printf format, $1 (constant("ROTATED") ? " (rotated)" : ""),
    constant("SOURCE_CHANNELS") ">" constant("TARGET_CHANNELS") " " constant("TARGET_ROWS") "x" \
      constant("TARGET_COLUMNS"),
    constant("TILE_M") "x" constant("TILE_N") "x" constant("TILE_K") "/" constant("ITEM_M") "x" \
      constant("ITEM_N") (constant("TENSOR_PRODUCTS") == 3 ? " split" : ""),
    $2, $4, $5, sums, $8, $9, $10, sprintf("%.1f", sums / ($8 + $9 + $10 + $11)), occupancy()
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
