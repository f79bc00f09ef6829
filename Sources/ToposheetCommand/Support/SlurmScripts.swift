import Foundation

/// The scripts of the two jobs that run a study on a cluster with Slurm: an array of shards that
/// train, and one that puts them together, evaluates and reports.
struct SlurmScripts {
  /// The program, as the nodes find it.
  var program: String
  /// The plan's file.
  var plan: String
  /// The study's folder.
  var folder: String
  /// The study's name.
  var name: String
  var shards: Int
  /// Further lines for both jobs: `--partition=gpu`.
  var options: [String] = []
  /// The time limit of a shard: Slurm's formats, such as `2:00:00`; nil for the partition's.
  var time: String?
  /// What each job gets beside a CPU: `gpu:1`.
  var gres: String?
  /// Cores for each job; nil for Slurm's default.
  var cores: Int?
  /// Further arguments of `toposheet run`: `--device cpu`.
  var arguments: [String] = []
  /// The folder that the jobs start in, from which relative paths of the plan begin.
  var start: String
  /// Seconds between the signal and the time limit.
  var notice = 120

  /// The job that trains: an array of one task for each shard.
  var training: String {
    lines(
      kind: "train", title: "Trains the shards of the study \(name).",
      header: ["--array=1-\(shards)"], isShard: true)
  }

  /// The job that follows: it puts the shards together, evaluates, and writes tables and a report.
  var evaluation: String {
    lines(
      kind: "evaluate",
      title: "Puts the shards of the study \(name) together, and evaluates the networks.",
      header: [], isShard: false)
  }

  private func lines(
    kind: String, title: String, header: [String], isShard: Bool
  ) -> String {
    let log = isShard ? "\(kind)-%a.log" : "\(kind).log"
    let settings =
      ["--job-name=\(Self.jobName(name))-\(kind)"] + header
      + (time.map { ["--time=\($0)"] } ?? []) + (gres.map { ["--gres=\($0)"] } ?? [])
      + (cores.map { ["--cpus-per-task=\($0)"] } ?? []) + options
      + [
        "--chdir=\(Interruption.quoted(start))", "--requeue", "--signal=B:USR1@\(notice)",
        "--open-mode=append",
        "--output=\(Interruption.quoted("\(folder)/slurm/\(log)"))",
      ]
    let shard = isShard ? ["--shard \"$SLURM_ARRAY_TASK_ID/\(shards)\""] : []
    let words = ([program, "run", plan, "--out", folder] + arguments).map(Interruption.quoted)
    let run = (words + shard + ["--resume"] + (isShard ? [] : ["--report"])).joined(separator: " ")
    let job =
      isShard ? "${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}" : "$SLURM_JOB_ID"
    return """
      #!/bin/bash
      # \(title) Written by `toposheet slurm`.
      \(settings.map { "#SBATCH \($0)" }.joined(separator: "\n"))

      # A limit so short brings the signal at once, and the job back into the queue again and again.
      case $(squeue -h -j "$SLURM_JOB_ID" -o %l 2>/dev/null) in
        [0-4]:[0-5][0-9])
          echo "The time limit of this job is shorter than 5 minutes; raise it with" \
            "toposheet slurm --time, or in the lines above." >&2
          exit 64 ;;
      esac
      # Slurm sends USR1 to this shell before the time limit, and TERM if the job is preempted or
      # canceled. The program then finishes its step, keeps a checkpoint and ends with 75.
      program=
      warned=
      trap 'warned=yes; [ -z "$program" ] || kill -USR1 "$program"' USR1
      trap '[ -z "$program" ] || kill -TERM "$program"' TERM
      \(run) &
      program=$!
      wait "$program"
      status=$?
      # A trapped signal ends `wait`, but not the program.
      while kill -0 "$program" 2>/dev/null; do
        wait "$program"
        status=$?
      done
      if [ -n "$warned" ] && { [ "$status" -eq 75 ] || [ "$status" -gt 128 ]; }; then
        # Not done: the job goes back into the queue, and continues. Preempted jobs do so anyway, and
        # canceled ones should not.
        scontrol requeue "\(job)"
      fi
      exit "$status"

      """
  }

  /// A name without characters that file names and listings of jobs cannot hold.
  static func jobName(_ name: String) -> String {
    let safe = name.map { character in
      let isSafe = character.isLetter || character.isNumber || "-_.".contains(character)
      return character.isASCII && isSafe ? character : "-"
    }
    return String(safe.prefix(40))
  }
}
