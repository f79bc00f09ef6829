import ArgumentParser
import Foundation
import Toposheet

/// Trains populations.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train networks of some conditions, many seeds in lockstep.",
    usage: """
      toposheet train --data <name|folder> --architecture <name>
        --penalty <names> --seeds <list> --epochs <n> --out <folder> [...]
      """,
    discussion: """
      A seed determines a network's split, initial values, order of images and dropout. Models \
      are written to DIR/<condition>/seed-<n>/model.safetensors, with PyTorch's names of \
      parameters: safetensors.torch.load_file reads them. DIR/plan.yaml describes the same study \
      for `toposheet run`. Every combination of the given penalties, metrics and lambdas is \
      trained. Networks that do not fit into the device's memory together train in packs, with the \
      same results.

      Examples:
        toposheet train --data mnist --architecture mnist --penalty ws --lambda 1 \\
          --seeds 0-2 --epochs 10 --out runs/ws
        toposheet train --data cifar10 --architecture cifar10 --penalty control,as \\
          --lambda 0.3,1 --view post-relu --seeds 0-4 --epochs 20 --out runs/as
      """)

  @OptionGroup(title: "What to train, and how") var training: ProtocolOptions

  @OptionGroup(title: "Conditions") var condition: ConditionOptions

  @OptionGroup(title: "Measures along training") var alongTraining: AlongTrainingOptions

  @OptionGroup(title: "Device") var device: DeviceOptions

  @OptionGroup(title: "Device") var memory: MemoryOptions

  @Option(
    help: ArgumentHelp(
      "Folder for the models, checkpoints and the record of the run.", valueName: "folder"),
    completion: .directory)
  var out: String

  @OptionGroup var resumption: ResumeOptions

  @OptionGroup var watching: WatchOptions

  func run() throws {
    let conditions = try condition.conditions()
    var plan = try training.plan(conditions)
    plan.alongTraining = try alongTraining.settings()
    plan.precision = device.precision ?? .float32
    let dataset = try Dataset.load(plan.data)
    var training = try plan.trainingRun(dataset)
    try training.configuration.validate()
    training.memoryLimit = try memory.bytes()
    training.acceptsOtherDevices = resumption.resumeAnyway
    training.isInterrupted = { Interruption.isRequested }
    // Before the folder is made: a plan that cannot be written leaves none.
    _ = try plan.yaml()
    let devices = try device.openAll(for: plan)
    let url = try OutputFolder.url(out)
    training.watch = watching.watch(url)
    if let note = plan.note(on: dataset) { Terminal.error(note) }
    var note = resumption.note(url, marker: "study.json")
    let what =
      conditions.count == 1
      ? "\(plan.members.count) x \(conditions[0].label)"
      : "\(plan.members.count.counted("network")) (\(conditions.count.counted("condition")) x "
        + "\(plan.seeds.seeds.count.counted("seed")))"
    var report = TrainingReport(
      epochs: plan.epochs,
      announcement: "training \(what) on \(Readable.devices(devices))")
    let progress = try training.run(in: url, devices: devices, resume: resumption.isGiven) {
      note.show()
      report.show($0)
    } begin: {
      try Self.keep(plan, in: url)
    }
    try Self.summarize(progress, members: plan.members, in: url)
  }

  /// Keeps the plan with the models. A plan that exists may also describe an evaluation; it is
  /// replaced only if the study has grown, and then keeps that.
  private static func keep(_ plan: Plan, in url: URL) throws {
    let file = url.appending(path: "plan.yaml")
    var plan = plan
    if FileManager.default.fileExists(atPath: file.path) {
      guard let kept = try? Plan(contentsOf: file),
        Set(kept.members) != Set(plan.members) || kept.epochs != plan.epochs
          || kept.snapshots != plan.snapshots
      else { return }
      if !kept.evaluation.isEmpty { (plan.name, plan.evaluation) = (kept.name, kept.evaluation) }
    }
    let text = "# Written by `toposheet train`; `toposheet run` takes it.\n" + (try plan.yaml())
    try AtomicFile.write(Data(text.utf8), to: file)
  }

  /// Prints the last epoch's figures of each network, and the path of the models.
  /// - Throws: `UserError` if networks stopped, or the tables cannot be written.
  private static func summarize(_ progress: StudyProgress, members: [Member], in url: URL) throws {
    // If there is a metrics.csv, tables.txt holds the tables of an evaluation.
    let metrics = url.appending(path: "metrics.csv")
    let isKept = !FileManager.default.fileExists(atPath: metrics.path)
    try TrainingTable(progress).present(keptIn: isKept ? url : nil)
    Terminal.print("Models: \(url.path)/<condition>/seed-<n>/model.safetensors")
    if let events = ResultFiles.events(in: url) { Terminal.print(events) }
    try progress.requireAllTrained(of: members.count)
  }
}
