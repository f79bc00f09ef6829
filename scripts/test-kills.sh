#!/bin/bash
# Kills training, a study, and evaluations by options, by name, by a suite file and with analyses at
# random moments, again and again, by SIGKILL and by the signals that training ends within an epoch
# for, and continues with --resume: in the end all files are those of a run without interruption,
# and there are no others. So it does while a study and an evaluation grow (growth, additions). Then
# the same on a disk that is full (as root only), and with a clock that is set forward and back (with
# faketime and python3).
#
#   scripts/test-kills.sh TOPOSHEET DATA [ROUNDS [COMMANDS]]
#
# DATA is a folder of few images, or fashion-mnist, of which few are taken.
# COMMANDS are some of these words, and all of them by default.
set -euo pipefail
all="train run options named file analyses growth additions disk clock"
toposheet=$1 data=$2 rounds=${3:-20} commands=${4:-$all}
for command in $commands; do
  if [[ " $all " != *" $command "* ]]; then
    echo "test-kills: $command is none of: $all" >&2
    exit 64
  fi
done
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

# So many images of a part of Fashion-MNIST, as IDX files.
cut_out() {
  local part=$1 count=$2 folder=/usr/share/datasets/fashion-mnist
  local bytes
  bytes=$(printf '\\x%02x\\x%02x' $((count / 256)) $((count % 256)))
  {
    printf "\\x00\\x00\\x08\\x03\\x00\\x00$bytes\\x00\\x00\\x00\\x1c\\x00\\x00\\x00\\x1c"
    gzip -dc "$folder/$part-images-idx3-ubyte.gz" | tail -c +17 | head -c $((count * 784))
  } > "$place/images/$part-images-idx3-ubyte"
  {
    printf "\\x00\\x00\\x08\\x01\\x00\\x00$bytes"
    gzip -dc "$folder/$part-labels-idx1-ubyte.gz" | tail -c +9 | head -c "$count"
  } > "$place/images/$part-labels-idx1-ubyte"
}
if [ "$data" = fashion-mnist ]; then
  # `head` ends before `gzip` does.
  mkdir "$place/images"
  (set +o pipefail; cut_out train 600; cut_out t10k 200)
  data=$place/images
fi

cat > "$place/plan.yaml" <<PLAN
name: kills
data: $data
architecture: mnist
# The last one stops in its first step, because its loss is not finite.
conditions: [{penalty: control}, {penalty: ws, lambda: 0.5}, {penalty: ws, lambda: 1e38}]
seeds: 0-1
epochs: 3
batch: 32
along-training: {measures: [gearys-c-pre-relu, variance-mean], every: 2}
evaluation: {noise: [white, pink], levels: [0.1, 0.2], draws: 2}
PLAN
train=(train --data "$data" --architecture mnist --penalty as --lambda 0.3 --seeds 0-1 --epochs 4
  --batch 32 --measures effective-dimensionality-pre-relu --device cpu)
run=(run "$place/plan.yaml" --device cpu)
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
sed 's/0-1/2,0-1/; s/white, pink/pink, white/; s/0.1, 0.2/0.05, 0.1, 0.2/; s/draws: 2/draws: 3/' \
  "$place/plan.yaml" > "$place/larger.yaml"
growth=(run "$place/larger.yaml" --device cpu)
sed 's/0.1, 0.2/0.05, 0.1, 0.2/; s/adversarial: fgsm/adversarial: [pgd-linf, fgsm]/' \
  "$place/file.yaml" > "$place/larger-file.yaml"
additions=(evaluate "$place/models" --data "$data" --suite "$place/larger-file.yaml" --device cpu)
# What they begin with.
growth_small=("${run[@]}")
additions_small=(evaluate "$place"/models/*/seed-1 --data "$data" --suite "$place/file.yaml"
  --device cpu)

# The files of two folders; provenance.json says when each process was at work.
same() { diff -r --exclude provenance.json "$1" "$2"; }

# Runs a command without a kill, once, for its files and its time.
declare -A microseconds
complete() {
  [[ -z ${microseconds[$command]:-} ]] || return 0
  local begun
  begun=$(date +%s%N)
  if ! "$toposheet" "${arguments[@]}" --out "$place/$command" > "$place/log" 2>&1; then
    echo "$command fails without a kill: $(tail -1 "$place/log")"
    exit 1
  fi
  microseconds[$command]=$((($(date +%s%N) - begun) / 1000))
}

kills=0 stops=0 failures=0
: > "$place/times"
for command in $commands; do
  [[ $command != disk && $command != clock ]] || continue
  declare -n arguments=$command
  complete
  # Training records measures of its sheets; the comparison below is of this table, too.
  if [[ $command == train || $command == run ]] && ! [[ -s $place/$command/measures-by-epoch.csv ]]
  then
    echo "$command leaves no measures-by-epoch.csv"
    exit 1
  fi
  for ((round = 1; round <= rounds; round++)); do
    out=$place/$command-$round resume=()
    if [[ $command == growth || $command == additions ]]; then
      declare -n small=${command}_small
      if ! [[ -e $place/$command-small/metrics.csv ]]; then
        "$toposheet" "${small[@]}" --out "$place/$command-small" > "$place/log" 2>&1
      fi
      cp -r "$place/$command-small" "$out"
      resume=(--resume)
    fi
    for ((attempt = 1; attempt <= 3; attempt++)); do
      "$toposheet" "${arguments[@]}" --out "$out" "${resume[@]}" > "$place/log" 2>&1 &
      process=$!
      sleep "$(awk -v most="${microseconds[$command]}" -v seed="$RANDOM$RANDOM" \
        'BEGIN { srand(seed); printf "%.6f", rand() * most / 1e6 }')"
      signals=(KILL TERM KILL USR1 HUP USR2 XCPU)
      signal=${signals[RANDOM % 7]}
      began=$(date +%s%N)
      kill -"$signal" "$process" 2> /dev/null && kills=$((kills + 1))
      status=0
      wait "$process" 2> /dev/null || status=$?
      if [[ $signal != KILL && $status == 75 ]]; then
        stops=$((stops + 1))
        echo "$command $signal $((($(date +%s%N) - began) / 1000)) us" >> "$place/times"
      fi
      # Before there is anything to continue, a signal ends the program as it does others; before
      # the program handles signals, as the system does.
      number=$(kill -l "$signal")
      if [[ $status != 0 && $status != $((128 + number)) && ($signal == KILL || $status != 75) ]]
      then
        echo "$command, round $round: exit code $status after SIG$signal"
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
    if ! same "$place/$command" "$out"; then failures=$((failures + 1)); fi
    rm -rf "$out"
  done
  echo "$command: $rounds rounds, ${microseconds[$command]} us without a kill"
done

# A disk that fills up: one sentence and 75, or 1 before there is anything to continue; then room.
if [[ " $commands " != *" disk "* ]]; then
  :
elif [[ $(id -u) == 0 ]] && mkdir "$place/disk" && mount -t tmpfs -o size=100k none "$place/disk"; then
  trap 'umount "$place/disk"; rm -rf "$place"' EXIT
  for command in train run options; do
    declare -n arguments=$command
    complete
    out=$place/disk/$command size=100 resume=()
    while true; do
      status=0
      "$toposheet" "${arguments[@]}" --out "$out" "${resume[@]}" > "$place/log" 2>&1 || status=$?
      [[ $status != 0 ]] || break
      if [[ $(grep -c '^toposheet: ' "$place/log") != 1 || ($status != 75 && $status != 1) ]] ||
        ! grep -q "No space left" "$place/log"; then
        echo "$command on a full disk: exit code $status"
        cat "$place/log"
        failures=$((failures + 1))
      fi
      size=$((size * 3 / 2))
      if ((size > 20000)); then
        echo "$command does not end on a disk of 20 MB"
        failures=$((failures + 1))
        break
      fi
      mount -o remount,size=${size}k "$place/disk"
      [[ ! -e $out/study.json && ! -e $out/suite.json ]] || resume=(--resume)
    done
    echo "$command: done on a disk of $size kB"
    if ! same "$place/$command" "$out"; then failures=$((failures + 1)); fi
    rm -rf "$out"
    mount -o remount,size=100k "$place/disk"
  done
else
  echo "skipped: a full disk (needs root, to mount a tmpfs)"
fi
# A clock that is set to other days all the time, while a process is at work and between them: the
# files are those without, and no time is negative.
if [[ " $commands " != *" clock "* ]]; then
  :
elif library=$(faketime -m now printenv LD_PRELOAD 2> /dev/null) && command -v python3 > /dev/null; then
  shift_clock() {
    echo "$((RANDOM % 2 * 2 - 1))$((RANDOM % 900 + 100))d" | sed 's/^1/+/; s/^-1/-/' > "$place/clock.new"
    mv "$place/clock.new" "$place/clock"
  }
  # Only the clock that can be set: the others, and times of files, are those of the system. In the
  # first process faketime adds to the environment, by whose place programs in Swift find their
  # arguments; so that process is a shell.
  shifted() {
    exec env LD_PRELOAD="$library" FAKETIME_TIMESTAMP_FILE="$place/clock" FAKETIME_NO_CACHE=1 \
      FAKETIME_DONT_FAKE_MONOTONIC=1 NO_FAKE_STAT=1 sh -c 'exec "$0" "$@"' "$toposheet" "$@"
  }
  shift_clock
  while sleep 0.02; do shift_clock; done &
  shifting=$!
  trap 'kill "$shifting" 2> /dev/null || true; umount "$place/disk" 2> /dev/null || true
    rm -rf "$place"' EXIT
  for command in train run; do
    declare -n arguments=$command
    complete
    for ((round = 1; round <= rounds; round++)); do
      out=$place/clock-$command resume=()
      for ((attempt = 1; attempt <= 3; attempt++)); do
        (shifted "${arguments[@]}" --tensorboard --out "$out" "${resume[@]}") \
          > "$place/log-$attempt" 2>&1 &
        process=$!
        sleep "$(awk -v most="${microseconds[$command]}" -v seed="$RANDOM$RANDOM" \
          'BEGIN { srand(seed); printf "%.6f", rand() * most / 1e6 }')"
        kill -KILL "$process" 2> /dev/null && kills=$((kills + 1))
        wait "$process" 2> /dev/null || true
        [[ ! -e $out/study.json ]] || resume=(--resume)
      done
      if ! (shifted "${arguments[@]}" --tensorboard --out "$out" "${resume[@]}") \
        > "$place/log-last" 2>&1; then
        echo "$command with a clock that is set, round $round: $(tail -1 "$place/log-last")"
        failures=$((failures + 1))
      fi
      diff -r --exclude provenance.json --exclude tensorboard "$place/$command" "$out" ||
        failures=$((failures + 1))
      (shifted status "$out") > "$place/log-status" 2>&1 || failures=$((failures + 1))
      if grep -HE '(^|[ (])-[0-9.]+ (s|min|h|images/s)' "$place"/log-*; then
        echo "$command: a negative time"
        failures=$((failures + 1))
      fi
      python3 - "$out" <<'PYTHON' || failures=$((failures + 1))
import datetime, glob, json, struct, sys
out = sys.argv[1]
now = datetime.datetime.now(datetime.timezone.utc)
processes = json.load(open(f"{out}/provenance.json"))["processes"]
time = lambda text: datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
assert any(abs(time(p["began"]) - now).days > 90 for p in processes), "the clock was not set"
for process in processes:
    if "ended" in process:
        seconds = (time(process["ended"]) - time(process["began"])).total_seconds()
        assert 0 <= seconds < 3600, process
files = glob.glob(f"{out}/tensorboard/**/events*", recursive=True)
assert files
for name in files:
    data, times = open(name, "rb").read(), []
    while data:
        size, = struct.unpack("<Q", data[:8])
        times.append(struct.unpack("<d", data[13:21])[0])
        data = data[size + 16:]
    assert times == sorted(times), (name, times)
PYTHON
      rm -rf "$out" "$place"/log-*
    done
    echo "$command with a clock that is set: $rounds rounds"
  done
  (shifted plan check "$place/plan.yaml") > "$place/log" 2>&1 || failures=$((failures + 1))
  if grep -E '(^|[ (])-[0-9]' "$place/log"; then
    echo "plan check: a negative time"
    failures=$((failures + 1))
  fi
  kill "$shifting"
  wait "$shifting" 2> /dev/null || true
else
  echo "skipped: a clock that is set (needs faketime and python3)"
fi
sort "$place/times" | awk '{ n[$1]++; v[$1, n[$1]] = $3; if ($3 > m[$1]) m[$1] = $3; s[$1] += $3 }
  END { for (c in n) printf "%s: %d stops, %.3f s to the exit on average, %.3f s at most\n", c,
    n[c], s[c] / n[c] / 1e6, m[c] / 1e6 }'
echo "$kills signals, of which $stops ended with 75, $failures failures"
[[ $failures == 0 ]]
