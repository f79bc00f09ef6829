import ArgumentParser
import Foundation
import Toposheet

/// Writes, and submits, the jobs that run a plan on a cluster with Slurm.
struct SlurmCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "slurm",
    abstract: "Write, or submit, the jobs that run a plan on a cluster with Slurm.",
    usage: "toposheet slurm <plan> --out <folder> [--shards <n>] [--submit] [...]",
    discussion: """
      DIR/slurm/train.sh is an array job: each of its tasks trains a shard of the networks, in a \
      folder of its own. DIR/slurm/evaluate.sh follows when all are done: it puts the shards \
      together, evaluates, and writes tables and a report. The results are those of one machine, \
      to the bit. \
      Both run DIR/slurm/plan.yaml, the plan with its settings, so that yours may change. A task \
      that nears its time limit, or is preempted, keeps a checkpoint and goes back into the queue. \
      docs/clusters.md is a page about all of it.

      Examples:
        toposheet slurm demo --out runs/demo --shards 4 --time 1:00:00 --submit
        toposheet slurm mine.yaml --set seeds=0-19 --out runs/mine --shards 8 \\
          --gres gpu:1 --partition gpu --sbatch=--account=vision --submit
        toposheet status runs/mine
      """)

  @OptionGroup var source: PlanOptions

  @Option(
    help: ArgumentHelp("Folder for the jobs, models and results.", valueName: "folder"),
    completion: .directory)
  var out: String

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Number of shards, each a task of the array.", valueName: "n"))
  var shards = 4

  @Option(
    help: ArgumentHelp(
      "Time limit of each job, as Slurm writes it: minutes (5 or more), h:mm:ss, or d-hh:mm:ss.",
      valueName: "limit"), completion: .list(["1:00:00", "4:00:00", "1-00:00:00"]))
  var time: String?

  @Option(
    help: ArgumentHelp("Slurm's partition.", valueName: "name"),
    completion: .shellCommand("sinfo --noheader --format=%R 2>/dev/null"))
  var partition: String?

  @Option(
    help: ArgumentHelp("What each task needs beside cores: gpu:1.", valueName: "resources"),
    completion: .list(["gpu:1"]))
  var gres: String?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Cores of each task.", valueName: "n"))
  var cores: Int?

  @Option(
    name: .customLong("sbatch"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "A further option of sbatch, such as --account=vision; may be given again.",
      valueName: "option"),
    completion: .list(["--account=", "--constraint=", "--mail-type=END", "--mem="]))
  var further: [String] = []

  @OptionGroup(title: "Device") var devices: JobDevice

  /// What the jobs train on. It need not be on the machine that submits them.
  struct JobDevice: ParsableArguments {
    @Option(
      help: ArgumentHelp("The --device of the jobs.", valueName: "device"),
      completion: Completions.devices)
    var device: String?

    @Option(
      help: ArgumentHelp(
        "The precision of the jobs, float32 or tf32: as with --set, it replaces the plan's key.",
        valueName: "name"))
    var precision: Precision?
  }

  @OptionGroup var watching: WatchOptions

  @Flag(help: "Submit both jobs with sbatch, and print their numbers.")
  var submit = false

  func validate() throws {
    guard shards >= 1 else { throw ValidationError("--shards must be 1 or more") }
    guard cores.map({ $0 >= 1 }) ?? true else { throw ValidationError("--cores must be 1 or more") }
    if let time {
      guard let seconds = SlurmTime.seconds(time) else {
        throw ValidationError(
          "--time is \(time), but must be minutes, h:mm:ss or d-hh:mm:ss: --time 2:00:00")
      }
      guard seconds >= SlurmTime.least else {
        throw ValidationError(
          "--time \(time) is \(Readable.duration(Double(seconds))) for Slurm, whose signal comes up "
            + "to 3 minutes before the limit, so jobs would be requeued again and again; give 5 "
            + "minutes or more: --time 5, or --time 1:00:00 for an hour")
      }
    }
    for option in further where !option.hasPrefix("-") {
      throw ValidationError(
        "--sbatch is \(option), but must be an option of sbatch: --sbatch=--account=vision")
    }
    for text in [partition, gres].compactMap({ $0 }) + further
    where text.contains(where: \.isNewline) || text.isEmpty {
      throw ValidationError("an option for sbatch is empty or has several lines; write it in one")
    }
  }

  func run() throws {
    let source = try source.source(devices.precision)
    let study = try source.plan()
    let folder = try OutputFolder.url(out).absoluteURL
    let members = try Shard.members(study.members, forShardsOf: shards, in: folder)
    guard shards <= members.count else {
      let added = members.count < study.members.count ? " that the folder does not have" : ""
      throw UserError(
        "--shards is \(shards), but the plan has \(members.count.counted("network"))\(added); ask for "
          + "at most as many shards")
    }
    let place = Shard.jobs(in: folder)
    let file = place.appending(path: "plan.yaml")
    let scripts = SlurmScripts(
      program: URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().path,
      plan: file.path, folder: folder.path, name: study.name, shards: shards,
      options: (partition.map { ["--partition=\($0)"] } ?? []) + further, time: time, gres: gres,
      cores: cores,
      arguments: (devices.device.map { ["--device", $0] } ?? [])
        + (watching.tensorboard ? ["--tensorboard"] : []),
      start: FileManager.default.currentDirectoryPath,
      data: ProcessInfo.processInfo.environment["TOPOSHEET_DATA"])
    do {
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    } catch {
      throw UserError(place, "cannot be made; choose a folder with --out that you may write to")
    }
    let (training, evaluation) = (
      place.appending(path: "train.sh"), place.appending(path: "evaluate.sh")
    )
    try AtomicFile.write(source.resolved(study), to: file)
    try AtomicFile.write(scripts.training, to: training)
    try AtomicFile.write(scripts.evaluation, to: evaluation)
    let networks = members.count.counted("network")
    Terminal.print(
      "\(training.path): trains \(networks) in \(shards.counted("shard"))\n"
        + "\(evaluation.path): then evaluates them and writes a report")
    if !further.contains(where: { $0.hasPrefix("--mem") }) {
      Terminal.print(
        "Jobs get the memory that the cluster gives by default; --sbatch=--mem=8G asks for 8 GB.")
    }
    guard submit else {
      Terminal.print(
        """
        Submit them with --submit, or with
          job=$(sbatch --parsable \(Interruption.quoted(training.path)))
          sbatch --dependency=afterok:$job --kill-on-invalid-dep=yes \
        \(Interruption.quoted(evaluation.path))
        """)
      return
    }
    let job = try Self.sbatch([training.path])
    let next: String
    do {
      next = try Self.sbatch([
        "--dependency=afterok:\(job)", "--kill-on-invalid-dep=yes", evaluation.path,
      ])
    } catch let error as UserError {
      throw UserError("\(error.description); job \(job), which trains, is in the queue already")
    }
    Terminal.print(
      """
      Submitted: \(job) trains, \(next) evaluates and reports.
        squeue --job \(job),\(next)
        toposheet status \(Interruption.quoted(folder.path))
      """)
  }

  /// Submits a job.
  /// - Returns: its number.
  /// - Throws: `UserError` with what sbatch says.
  private static func sbatch(_ arguments: [String]) throws -> String {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    guard folders.contains(where: { access("\($0)/sbatch", X_OK) == 0 }) else {
      throw UserError(
        "there is no sbatch in the folders of $PATH; submit the jobs on a machine with Slurm: the "
          + "same command without --submit prints how")
    }
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["sbatch", "--parsable"] + arguments
    let (output, errors) = (Pipe(), Pipe())
    (process.standardOutput, process.standardError) = (output, errors)
    process.standardInput = FileHandle.nullDevice
    let script = arguments.last ?? ""
    do {
      try process.run()
    } catch {
      throw UserError(
        "sbatch cannot be run (\(error.localizedDescription)); submit \(script) yourself")
    }
    // What it prints fits into the pipes.
    process.waitUntilExit()
    func text(_ pipe: Pipe) -> String {
      String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self)
        .trimmingCharacters(in: .whitespacesAndNewlines)
    }
    // The number, and on some clusters the name of the cluster.
    let job = text(output).split(separator: ";").first.map(String.init) ?? ""
    guard process.terminationStatus == 0, !job.isEmpty, job.allSatisfy(\.isNumber) else {
      let reason = text(errors).split(separator: "\n").last.map(String.init) ?? "it printed nothing"
      throw UserError(
        "\(script): sbatch did not take it (\(reason)); correct the options of toposheet slurm, or "
          + "submit it yourself")
    }
    return job
  }
}
