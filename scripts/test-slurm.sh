#!/usr/bin/env bash
# Runs a small study as an array job of a Slurm that is started for the purpose, on this machine
# alone: one of three shards is killed and requeued, another one is signaled as before a time limit.
# The files must be those of a run without Slurm.
#   scripts/test-slurm.sh .build/release/toposheet
# Needs root, and the packages slurm-wlm and munge; it is skipped if something is missing.
set -euo pipefail
cd "$(dirname "$0")/.."

toposheet=$(realpath "$1")
for program in slurmctld slurmd sbatch squeue scontrol munged python3; do
  if ! PATH=$PATH:/usr/sbin command -v "$program" >/dev/null; then
    echo "test-slurm: skipped, because $program is missing; install slurm-wlm, munge and python3"
    exit 0
  fi
done
if [ "$(id -u)" != 0 ]; then
  echo "test-slurm: skipped, because it needs root to start Slurm"
  exit 0
fi
PATH=$PATH:/usr/sbin
folder=$(mktemp -d)
started=()
finish() {
  status=$?
  # Jobs of a test that failed.
  [ "$status" = 0 ] || timeout 10 scancel --full --signal=KILL --user=root 2>/dev/null || true
  for process in "${started[@]}"; do kill "$process" 2>/dev/null || true; done
  # They write until their end.
  wait "${started[@]}" 2>/dev/null || true
  [ "$status" = 0 ] || tail -n 30 "$folder"/*.log "$folder"/parts/slurm/*.log 2>/dev/null || true
  rm -rf "$folder"
}
trap finish EXIT

# A munged of its own, so that one of the machine is left alone.
chmod 755 "$folder"
mkdir "$folder/munge" "$folder/state" "$folder/spool"
dd if=/dev/urandom of="$folder/munge/key" bs=1024 count=1 status=none
chmod 700 "$folder/munge"
chmod 600 "$folder/munge/key"
munged --foreground --force --key-file="$folder/munge/key" --socket="$folder/munge.socket" \
  --pid-file="$folder/munge/pid" --log-file="$folder/munge/log" --seed-file="$folder/munge/seed" \
  >"$folder/munged.log" 2>&1 &
started+=($!)

host=$(hostname -s)
cores=$(nproc)
export SLURM_CONF=$folder/slurm.conf
cat >"$SLURM_CONF" <<CONF
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=26817
SlurmdPort=26818
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$folder/munge.socket
CredType=cred/munge
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
MpiDefault=none
KillWait=5
SchedulerParameters=batch_sched_delay=1,sched_interval=2
NodeName=$host NodeAddr=127.0.0.1 CPUs=$cores State=UNKNOWN
PartitionName=test Nodes=$host Default=YES MaxTime=INFINITE State=UP
CONF
for _ in $(seq 100); do [ -S "$folder/munge.socket" ] && break; sleep 0.1; done
slurmctld -D >"$folder/slurmctld.log" 2>&1 &
started+=($!)
slurmd -D -N "$host" >"$folder/slurmd.log" 2>&1 &
started+=($!)
for _ in $(seq 300); do sinfo -h -o %T 2>/dev/null | grep -q '^idle' && break; sleep 0.1; done
sinfo

python3 scripts/small-data.py "$folder/data" 1000 200
cat >"$folder/plan.yaml" <<PLAN
name: slurm test
data: $folder/data
architecture: mnist
conditions:
  - penalty: control
  - penalty: ws
    lambda: 0.5
  - penalty: as
    lambda: 0.5
seeds: 0-1
epochs: 20
batch: 32
evaluation: {noise: white, levels: [0.1], draws: 1}
PLAN

"$toposheet" slurm "$folder/plan.yaml" --out "$folder/parts" --shards 3 --device cpu --time 30 \
  --submit | tee "$folder/submitted"
training=$(sed -n 's/^Submitted: \([0-9]*\) trains.*/\1/p' "$folder/submitted")
evaluation=$(sed -n 's/.* trains, \([0-9]*\) evaluates.*/\1/p' "$folder/submitted")

# Waits until a shard has finished an epoch.
has_begun() {
  for _ in $(seq 6000); do
    [ -e "$folder/parts/shards/$1-of-3/progress.json" ] && return
    sleep 0.05
  done
  echo "test-slurm: shard $1 did not begin" && exit 1
}
# Requeued jobs wait for two minutes, except if they are told to start now.
now() { scontrol update JobId="$1" StartTime=now 2>/dev/null || true; }

has_begun 1
echo "shard 1: the job is killed and requeued"
scontrol requeue "${training}_1"
# Its turn comes when a core is free.
has_begun 2
echo "shard 2: signaled, as before the time limit"
scancel --signal=USR1 --batch "${training}_2"

for _ in $(seq 1200); do
  now "${training}_1"
  now "${training}_2"
  left=$(squeue -h -j "$training,$evaluation" 2>/dev/null | wc -l)
  [ "$left" = 0 ] && break
  sleep 0.5
done
"$toposheet" status "$folder/parts"
for number in 1 2 3; do
  echo "shard $number:"
  grep -E "continuing|interrupted|requeue|resum" "$folder/parts/slurm/train-$number.log" || true
done
for number in 1 2; do
  grep -q "continuing" "$folder/parts/slurm/train-$number.log" ||
    { echo "test-slurm: shard $number did not continue"; exit 1; }
done

"$toposheet" run "$folder/plan.yaml" --out "$folder/whole" --device cpu >/dev/null 2>"$folder/run.log"
[ -s "$folder/parts/report.html" ] || { echo "test-slurm: there is no report"; exit 1; }
diff --recursive --exclude slurm --exclude provenance.json --exclude report.html \
  --exclude figures "$folder/whole" "$folder/parts"
echo "test-slurm: three shards, one killed and one signaled, leave the files of a single run"
