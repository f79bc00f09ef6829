import Foundation
import TestSupport
import Testing

@testable import ToposheetCommand

/// `toposheet slurm`, and `run --shard`, without Slurm: `scripts/test-slurm.sh` tests them with it.
@Suite("slurm", .serialized) struct SlurmCommandTests {
  private let place: Workplace

  init() throws {
    place = try Workplace()
    let plan = """
      name: small study
      data: \(place.data)
      architecture: mnist
      conditions:
        - penalty: control
        - penalty: ws
          lambda: 0.5
      seeds: 0-1
      epochs: 2
      batch: 16
      """
    try Data(plan.utf8).write(to: place.url("plan.yaml"))
  }

  private func slurm(_ more: [String]) -> [String] {
    ["slurm", place.path("plan.yaml"), "--out", place.path("study")] + more
  }

  private func script(_ name: String) throws -> String {
    try String(contentsOf: place.url("study/slurm/\(name).sh"), encoding: .utf8)
  }

  /// Writes a program into a folder that comes first on the path.
  private func fake(_ name: String, _ body: String) throws {
    let file = place.url("bin/\(name)")
    try FileManager.default.createDirectory(
      at: place.url("bin"), withIntermediateDirectories: true)
    try Data("#!/bin/bash\n\(body)\n".utf8).write(to: file)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
  }

  private var path: [String: String] {
    ["PATH": place.path("bin") + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "")]
  }

  /// Runs a script with bash.
  private func bash(_ arguments: [String], _ environment: [String: String]) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    // Threads of tests block signals, which their processes would inherit.
    var (signals, old) = (sigset_t(), sigset_t())
    sigemptyset(&signals)
    sigaddset(&signals, SIGUSR1)
    pthread_sigmask(SIG_UNBLOCK, &signals, &old)
    defer { pthread_sigmask(SIG_SETMASK, &old, nil) }
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }

  @Test("scripts are written and submitted") func submitted() throws {
    let log = place.path("calls")
    try fake("sbatch", "echo \"$@\" >> \(log)\necho $((100 + $(wc -l < \(log))))")
    let result = try Command.run(
      slurm([
        "--shards", "2", "--time", "1:00:00", "--partition", "gpu", "--gres", "gpu:1",
        "--sbatch=--account=vision", "--device", "cpu", "--submit",
      ]), environment: path.merging(["TOPOSHEET_DATA": "/my data"]) { $1 })
    #expect(
      result.status == 0 && result.output.contains("101 trains, 102 evaluates and reports"),
      "\(result)")
    let calls = try String(contentsOf: place.url("calls"), encoding: .utf8)
      .split(separator: "\n")
    #expect(calls.count == 2 && calls[0].hasSuffix("slurm/train.sh"))
    #expect(calls[1].contains("--dependency=afterok:101") && calls[1].hasSuffix("evaluate.sh"))
    let (training, evaluation) = (try script("train"), try script("evaluate"))
    for line in [
      "--array=1-2", "--time=1:00:00", "--partition=gpu", "--gres=gpu:1", "--account=vision",
      "--requeue", "--signal=B:USR1@120", "--open-mode=append",
    ] { #expect(training.contains("#SBATCH \(line)\n"), "\(line)") }
    #expect(training.contains("--shard \"$SLURM_ARRAY_TASK_ID/2\" --resume &"))
    #expect(!evaluation.contains("--array") && !evaluation.contains("--shard"))
    #expect(evaluation.contains("--device cpu --resume --report &"))
    for text in [training, evaluation] {
      #expect(text.contains("\nexport TOPOSHEET_DATA='/my data'\n"))
      // One sentence on two lines.
      #expect(text.contains("raise it with\" \\\n"))
    }
    for name in ["train", "evaluate"] {
      #expect(try bash(["-n", place.path("study/slurm/\(name).sh")], [:]) == 0)
    }
  }

  @Test("the scripts train shards, then evaluate") func theScriptsRun() throws {
    let written = try Command.run(slurm(["--shards", "2", "--device", "cpu"]))
    #expect(written.status == 0 && written.output.contains("--dependency=afterok:$job"))
    // The last one first.
    for task in ["2", "1"] {
      #expect(
        try bash([place.path("study/slurm/train.sh")], ["SLURM_ARRAY_TASK_ID": task]) == 0)
    }
    let status = try Command.run(["status", place.path("study")])
    #expect(status.output.contains("4 of 4 networks trained"), "\(status)")
    #expect(try bash([place.path("study/slurm/evaluate.sh")], [:]) == 0)
    let whole = try Command.run([
      "run", place.path("plan.yaml"), "--out", place.path("whole"), "--device", "cpu",
    ])
    try #require(whole.status == 0, "\(whole.errors)")
    for file in ["progress.json", "study.json", "training.csv", "metrics.csv", "plan.yaml"] {
      let files = ["study", "whole"].map { place.url($0).appending(path: file) }
      #expect(try Data(contentsOf: files[0]) == Data(contentsOf: files[1]), "\(file)")
    }
    let report = place.url("study/report.html")
    #expect(FileManager.default.fileExists(atPath: report.path))
    // Shards that come too late.
    try expectRefused(
      ["run", place.path("plan.yaml"), "--out", place.path("study"), "--shard", "1/2"],
      ["without --shard"])
  }

  @Test("jobs run a copy of the plan with its settings") func copied() throws {
    let written = try Command.run([
      "slurm", "demo", "--set", "data=\(place.data)", "--set", "subset=60", "--set", "epochs=1",
      "--out", place.path("study"), "--shards", "2",
    ])
    #expect(written.status == 0, "\(written.errors)")
    let copy = try String(contentsOf: place.url("study/slurm/plan.yaml"), encoding: .utf8)
    #expect(copy.hasPrefix("# Resolved from the ready plan demo with\n# --set data="))
    #expect(copy.contains("\nepochs: 1\n"))
    #expect(try script("train").contains(" run \(place.path("study/slurm/plan.yaml")) --out "))
    // Before the jobs begin.
    let status = try Command.run(["status", place.path("study")])
    #expect(status.status == 0 && status.output.contains("no job has begun"), "\(status)")
    #expect(status.output.contains("0 of 9 networks trained, 9 waiting"), "\(status)")
  }

  @Test("jobs that cannot be submitted are reported") func notSubmitted() throws {
    try FileManager.default.createDirectory(
      at: place.url("empty"), withIntermediateDirectories: true)
    let none = try Command.run(
      slurm(["--submit", "--shards", "2"]), environment: ["PATH": place.path("empty")])
    #expect(none.status == 1 && none.sentences.count == 1, "\(none)")
    #expect(none.errors.contains("there is no sbatch"), "\(none)")
    #expect(place.exists("study/slurm/train.sh"))
    try fake(
      "sbatch", "case $* in *evaluate*) echo 'sbatch: error: no' >&2; exit 1;; *) echo 7;; esac")
    let half = try Command.run(slurm(["--submit", "--shards", "2"]), environment: path)
    #expect(
      half.status == 1 && half.errors.contains("job 7, which trains, is in the queue"), "\(half)")
  }

  @Test("exit code 75 puts a task back into the queue") func requeued() throws {
    let written = try Command.run(slurm(["--shards", "2"]))
    #expect(written.status == 0)
    try fake("scontrol", "echo \"$@\" >> \(place.path("calls"))")
    try fake("program", "trap 'exit 75' USR1\nwhile :; do kill -USR1 $PPID; sleep 0.05; done")
    // The script with another program, which is signaled by way of the script.
    let text = try script("train").replacing(Command.binary.path, with: place.path("bin/program"))
    try Data(text.utf8).write(to: place.url("other.sh"))
    let status = try bash(
      [place.path("other.sh")],
      path.merging(["SLURM_ARRAY_JOB_ID": "7", "SLURM_ARRAY_TASK_ID": "2"]) { $1 })
    #expect(status == 75)
    #expect(try String(contentsOf: place.url("calls"), encoding: .utf8) == "requeue 7_2\n")
  }

  @Test("a short limit does not put a task back into the queue") func shortLimit() throws {
    #expect(try Command.run(slurm(["--shards", "2"])).status == 0)
    // As of a partition's default, or if --sbatch sets it.
    for (limit, status) in [("2:00", 64), ("4:59", 64), ("5:00", 0), ("1-00:00:00", 0)] {
      try fake("squeue", "[ \"$*\" = '-h -j 7 -o %l' ] && echo \(limit)")
      let result = try bash(
        [place.path("study/slurm/train.sh")],
        path.merging(["SLURM_JOB_ID": "7", "SLURM_ARRAY_TASK_ID": "2"]) { $1 })
      #expect(result == status, "\(limit)")
      #expect(place.exists("study/shards/2-of-2") == (status == 0))
    }
  }

  @Test("time limits of Slurm") func timeLimits() {
    for (text, seconds) in [
      ("90", 5400), ("4:30", 270), ("1:02:03", 3723), ("2-3", 183_600), ("2-3:04", 183_840),
      ("2-03:04:05", 183_845),
    ] { #expect(SlurmTime.seconds(text) == seconds, "\(text)") }
    for text in ["", "0", "0:00", "2h", "1:2:3:4", "1-2-3", "-5", "5-", ":30", "9999999999"] {
      #expect(SlurmTime.seconds(text) == nil, "\(text)")
    }
  }

  @Test("wrong options are refused") func refused() throws {
    for (options, parts) in [
      (["--shards", "5"], ["--shards is 5", "4 networks"]),
      (["--shards", "0"], ["--shards"]), (["--time", "2h"], ["--time is 2h", "2:00:00"]),
      (["--sbatch=account"], ["--sbatch is account"]), (["--time", "0"], ["--time is 0"]),
      (["--time", "4"], ["--time 4 is 4 min 0 s for Slurm", "5 minutes or more"]),
      // Not an hour.
      (["--time", "1:00"], ["--time 1:00 is 1 min 0 s for Slurm", "--time 1:00:00 for an hour"]),
    ] { try expectRefused(slurm(options), parts) }
    #expect(!place.exists("study"))
    try fake("sbatch", "echo 'sbatch: error: invalid partition specified: gpu' >&2; exit 1")
    let result = try Command.run(slurm(["--submit"]), environment: path)
    #expect(result.status == 1 && result.errors.contains("invalid partition"), "\(result)")
    let run = ["run", place.path("plan.yaml"), "--out", place.path("study")]
    try expectRefused(run + ["--shard", "3"], ["--shard", "2/3"])
    try expectRefused(run + ["--shard", "0/3"], ["shard 0 of 3"])
    try expectRefused(run + ["--shard", "array"], ["no task of an array job"])
    let late = try Command.run(run + ["--shard", "9/9"])
    #expect(late.status == 0 && late.errors.contains("nothing to do"), "\(late)")
  }
}
