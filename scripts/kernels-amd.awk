# As kernels-nvidia.awk, from AMD's assembly (.s) and the metadata at its end.

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
/^[A-Za-z_0-9]+:/ { kernel = substr($1, 1, length($1) - 1) }
/^\t?\.section|^\.Lfunc_end/ { kernel = "" }
kernel != "" {
  if ($1 ~ /^v_(fma|fmac|mac|mad)_f32/) fma[kernel]++
  if ($1 ~ /^(global|flat)_load_dwordx[24]/) vectors[kernel]++
  else if ($1 ~ /^(global|flat)_load/) scalars[kernel]++
  if ($1 ~ /^ds_read(2(st64)?_b64|_b128|_b64)/) local_vectors[kernel]++
  else if ($1 ~ /^ds_read/) local_scalars[kernel]++
  if ($1 ~ /^(global|flat)_store_dwordx[24]/) stores[kernel]++
}
# The metadata lists a kernel's facts in alphabetical order, its name among them.
/^  - \.args:/ || /^  - \.group_segment/ { facts() }
$1 == ".name:" && $0 ~ /^    \.name/ { name = $2 }
$1 == ".group_segment_fixed_size:" { group_size = $2 }
$1 == ".private_segment_fixed_size:" { private_size = $2 }
$1 == ".vgpr_count:" { vector_registers = $2 }
$1 == ".vgpr_spill_count:" { vector_spills = $2 }
$1 == ".sgpr_spill_count:" { scalar_spills = $2 }
function facts() {
  if (name != "") {
    registers[name] = vector_registers
    shared[name] = group_size
    stack[name] = private_size + vector_spills + scalar_spills
  }
  name = ""
}
END {
  facts()
  OFS = "\t"
  for (i = 1; i <= number; i++) {
    k = used[i]
    if (!(k in registers)) registers[k] = -1
    print k, items[i], line[3], registers[k], shared[k] + 0, stack[k] + 0, fma[k] + 0,
      vectors[k] + 0, scalars[k] + 0, local_vectors[k] + 0, local_scalars[k] + 0, stores[k] + 0
  }
}
