#!/bin/bash
# Kills (SIGKILL) training, a study, and evaluations by options, by name, by a suite file and with
# analyses at random moments, again and again, and continues with --resume: in the end all files are those of a
# run without interruption, and there are no others.
#
#   scripts/test-kills.sh TOPOSHEET DATA [ROUNDS]
set -euo pipefail
toposheet=$1 data=$2 rounds=${3:-20}
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

cat > "$place/plan.yaml" <<PLAN
name: kills
data: $data
architecture: mnist
conditions: [{penalty: control}, {penalty: ws, lambda: 0.5}]
seeds: 0-1
epochs: 4
batch: 32
along-training: {measures: [gearys-c-pre-relu, variance-mean], every: 2}
evaluation: {noise: [white, pink], levels: [0.1, 0.2], draws: 2}
PLAN
train=(train --data "$data" --architecture mnist --penalty as --lambda 0.3 --seeds 0-2 --epochs 6
  --batch 32 --measures effective-dimensionality-pre-relu --device cpu)
study=(run "$place/plan.yaml" --device cpu)
"$toposheet" "${train[@]}" --out "$place/models" > "$place/log" 2>&1
cat > "$place/file.yaml" <<SUITE
name: kills
parts:
  - images: white
    severities: [0.1, 0.2]
    draws: 2
  - weights: [zeroing, lesion/random]
    draws: 2
  - adversarial: fgsm
    subset: 20
SUITE
named=(evaluate "$place/models" --data "$data" --suite noise --draws 1 --device cpu)
file=(evaluate "$place/models" --data "$data" --suite "$place/file.yaml" --device cpu)
options=(evaluate "$place/models" --data "$data" --noise white,pink --draws 1 --attack fgsm
  --attack-images 20 --device cpu)
analyses=(evaluate "$place/models" --data "$data" --analyses all --device cpu)

kills=0 failures=0
for command in train study options named file analyses; do
  declare -n arguments=$command
  begun=$(date +%s%N)
  if ! "$toposheet" "${arguments[@]}" --out "$place/$command" > "$place/log" 2>&1; then
    echo "$command fails without a kill: $(tail -1 "$place/log")"
    exit 1
  fi
  # Training records measures of its sheets; the comparison below is of this table, too.
  if [[ $command == train || $command == study ]] && ! [[ -s $place/$command/measures-by-epoch.csv ]]
  then
    echo "$command leaves no measures-by-epoch.csv"
    exit 1
  fi
  microseconds=$((($(date +%s%N) - begun) / 1000))
  for ((round = 1; round <= rounds; round++)); do
    out=$place/$command-$round resume=()
    for ((attempt = 1; attempt <= 6; attempt++)); do
      "$toposheet" "${arguments[@]}" --out "$out" "${resume[@]}" > "$place/log" 2>&1 &
      process=$!
      sleep "$(awk -v most="$microseconds" -v seed="$RANDOM$RANDOM" \
        'BEGIN { srand(seed); printf "%.6f", rand() * most / 1e6 }')"
      kill -9 "$process" 2> /dev/null && kills=$((kills + 1))
      status=0
      wait "$process" 2> /dev/null || status=$?
      if [[ $status != 137 && $status != 0 ]]; then
        echo "$command, round $round: exit code $status"
        cat "$place/log"
        failures=$((failures + 1))
      fi
      marker=$(ls "$place/$command" | grep -m 1 -E '^(study|suite)\.json$')
      [[ ! -e $out/$marker ]] || resume=(--resume)
    done
    if ! "$toposheet" "${arguments[@]}" --out "$out" "${resume[@]}" > "$place/log" 2>&1; then
      echo "$command, round $round: $(tail -1 "$place/log")"
      failures=$((failures + 1))
    fi
    if ! diff -r "$place/$command" "$out"; then failures=$((failures + 1)); fi
    rm -rf "$out"
  done
done
echo "$kills kills, $failures failures"
[[ $failures == 0 ]]
