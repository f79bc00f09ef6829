# Facts of a program's kernels from its line in the list (.tsv), its PTX and what ptxas says.
# Prints, separated by tabs: kernel, work-items, options, registers, local bytes, stack and spill
# bytes, FMAs, loads from global memory (vectors, scalars), loads from local memory (vectors,
# scalars), stores to global memory (vectors), instructions of tensor cores.

FILENAME ~ /tsv$/ {
  split($0, line, "\t")
  number = split(line[2], uses, ",")
  for (i = 1; i <= number; i++) {
    split(uses[i], use, ":")
    used[i] = use[1]
    items[i] = use[2]
  }
  next
}
FILENAME ~ /ptx$/ {
  if (match($0, /\.entry [A-Za-z_0-9]+/)) kernel = substr($0, RSTART + 7, RLENGTH - 7)
  if ($0 ~ /^}/) kernel = ""
  if (kernel == "") next
  if ($0 ~ /fma\.rn\.f32/) fma[kernel]++
  if ($0 ~ /mma\.sync/) mma[kernel]++
  if ($0 ~ /ld\.global(\.nc)?\.v[24]/) vectors[kernel]++
  else if ($0 ~ /ld\.global/) scalars[kernel]++
  if ($0 ~ /ld\.shared\.v[24]/) local_vectors[kernel]++
  else if ($0 ~ /ld\.shared/) local_scalars[kernel]++
  if ($0 ~ /st\.global\.v[24]/) stores[kernel]++
  next
}
match($0, /Compiling entry function '[^']*/) { kernel = substr($0, RSTART + 26, RLENGTH - 26) }
/bytes stack frame/ { stack[kernel] = $1 + $5 + $9 }
match($0, /Used [0-9]+ registers/) { registers[kernel] = substr($0, RSTART + 5, RLENGTH - 15) }
match($0, /[0-9]+ bytes smem/) { shared[kernel] = substr($0, RSTART, RLENGTH - 11) }
END {
  OFS = "\t"
  for (i = 1; i <= number; i++) {
    k = used[i]
    if (!(k in registers)) registers[k] = -1
    print k, items[i], line[3], registers[k], shared[k] + 0, stack[k] + 0, fma[k] + 0,
      vectors[k] + 0, scalars[k] + 0, local_vectors[k] + 0, local_scalars[k] + 0, stores[k] + 0,
      mma[k] + 0
  }
}
