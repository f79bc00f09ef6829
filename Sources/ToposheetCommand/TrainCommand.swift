import ArgumentParser
import Foundation
import Toposheet

/// Trains one condition with several seeds.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train networks of one condition, many seeds in lockstep.",
    discussion: """
      Each seed fixes its own split, initial values, order of presentation and dropout. Models \
      are left at DIR/<condition>/seed-<n>/model.safetensors, with PyTorch's names: \
      safetensors.torch.load_file reads them. For several conditions at once, see `toposheet run`. \
      Networks that do not fit into the device's memory together train in packs, with the same \
      results.

      Example:
        toposheet train --data mnist --architecture mnist --penalty ws --lambda 1 \\
          --seeds 0-2 --epochs 10 --out runs/ws
      """)

  @Option(help: "A data set's name (mnist, fashion-mnist, cifar10, ...) or its folder.")
  var data: String

  @Option(help: "mnist or cifar10: the paper's two networks.")
  var architecture: String

  @Option(help: "control, ws (weight similarity) or as (activation similarity).")
  var penalty: Penalty.Kind

  @Option(help: "euclidean, cosine or correlation.")
  var metric: PenaltyMetric = .euclidean

  // Unconditional, so that -1 is a number that is refused, not an option that is not known.
  @Option(parsing: .unconditional, help: "Strength of the penalty; needed for ws and as.")
  var lambda: Double?

  @Option(help: "Seeds: numbers, commas and inclusive ranges, such as 0-2,7.")
  var seeds: String

  @Option(help: "Times that each network sees its training images.")
  var epochs: Int

  @Option(help: "Use the first so many images of the training files only.")
  var subset: Int?

  @Option(help: "Images per network and step.")
  var batch = 64

  @OptionGroup var device: DeviceOptions

  @OptionGroup var memory: MemoryOptions

  @Option(help: "Folder for the models, checkpoints and the record of the run.")
  var out: String

  @Flag(help: "Go on with the study that the folder holds; gives the same bits as without a break.")
  var resume = false

  func run() throws {
    if penalty != .control, lambda == nil {
      throw ValidationError("--penalty \(penalty.rawValue) needs --lambda, such as --lambda 1")
    }
    if penalty == .control, let lambda, lambda != 0 {
      throw ValidationError("--penalty control has no strength; leave --lambda out")
    }
    let condition =
      penalty == .control
      ? Penalty.control : Penalty(kind: penalty, metric: metric, lambda: lambda ?? 0)
    try condition.validate()
    var plan = Plan(
      name: condition.label, data: data, subset: subset, architecture: architecture,
      conditions: [condition], seeds: try SeedList(seeds), epochs: epochs,
      evaluation: .init(noise: try NoiseSelection(noises: [])))
    plan.batch = batch
    var training = try plan.trainingRun(try Dataset.load(data))
    try training.configuration.validate()
    training.memoryLimit = try memory.bytes()
    let devices = try device.openAll()
    let url = try OutputFolder.url(out)
    var report = TrainingReport(
      epochs: epochs,
      announcement:
        "training \(plan.members.count) x \(condition.label) on \(Readable.devices(devices))")
    let progress = try training.run(in: url, devices: devices, resume: resume) { report.show($0) }
    try Self.summarise(progress, members: plan.members, in: url)
  }

  /// The last epoch's figures of each network and where it lies.
  static func summarise(_ progress: StudyProgress, members: [Member], in url: URL) throws {
    try TrainingTable(progress).present(keptIn: url)
    Terminal.print("Models: \(url.path)/<condition>/seed-<n>/model.safetensors")
    guard progress.stopped.isEmpty else {
      throw StudyError(
        "\(progress.stopped.count) of \(members.count.counted("network")) stopped because their "
          + "loss was not "
          + "finite: \(progress.stopped.map(\.member.path).joined(separator: ", "))")
    }
  }
}

extension Penalty.Kind: ExpressibleByArgument {}
extension PenaltyMetric: ExpressibleByArgument {}
