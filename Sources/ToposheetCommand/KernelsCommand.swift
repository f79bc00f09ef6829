import ArgumentParser
import Foundation
import Toposheet

/// Lists the kernels that a device would run: for `make kernels-check`.
struct KernelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kernels",
    abstract: "List the kernels that a kind of device runs for networks of every size.",
    discussion: """
      Each line is a family, its kernels with the work-items of their work-groups, and the \
      compiler's options, separated by tabs. The sources of the families are written to --out.
      """,
    shouldDisplay: false)

  @Option(
    help: "nvidia-hopper, amd-cdna, ...: see the help of verify.",
    completion: .list(DeviceProfile.allCases.map(\.rawValue)))
  var profile: String

  @Option(help: ArgumentHelp("With tf32, those of tensor cores, too.", valueName: "name"))
  var precision = Precision.float32

  @Option(help: "Folder for the sources, `<family>.cl`.", completion: .directory)
  var out: String

  func run() throws {
    guard let profile = DeviceProfile(rawValue: profile) else {
      let names = DeviceProfile.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("--profile takes \(names), not \(profile)")
    }
    let device = try OpenCLDevice(standingInFor: profile, precision: precision)
    for architecture in [try Architecture.mnist(), try Architecture.cifar10()] {
      try prepare(architecture, on: device)
    }
    try prepareClasses(on: device)
    var uses = device.kernelsInUse
    if precision == .tf32 {
      // Chosen by tuning only.
      let passes = ConvolutionPass.allCases.map { ($0.rawValue, "tensor-split") }
      let split = try OpenCLDevice(
        standingInFor: profile, algorithms: Dictionary(uniqueKeysWithValues: passes),
        precision: precision)
      try prepareClasses(on: split)
      uses = Set(uses).union(split.kernelsInUse).sorted()
    }
    let folder = URL(fileURLWithPath: out)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (family, members) in Dictionary(grouping: uses, by: \.family) {
      try members[0].source.write(
        to: folder.appendingPathComponent("\(family).cl"), atomically: true, encoding: .utf8)
    }
    var index = 0
    while index < uses.count {
      let first = uses[index]
      let together = uses[index...].prefix {
        $0.family == first.family && $0.options == first.options
      }
      let kernels = together.map { "\($0.name):\($0.workItems)" }.joined(separator: ",")
      Terminal.print("\(first.family)\t\(kernels)\t\(first.options)")
      index += together.count
    }
  }

  /// Prepares training with every kind of penalty, and evaluation, so that the device records all
  /// kernels that they need. The pixels do not matter. No kernel is built.
  private func prepare(_ architecture: Architecture, on device: OpenCLDevice) throws {
    let shape = architecture.input
    let images = ImageSet(
      images: (0..<80 * shape.count).map { UInt8(truncatingIfNeeded: $0 &* 37) },
      labels: (0..<80).map { Int32($0 % architecture.classes) }, shape: shape,
      classes: architecture.classes)
    let conditions: [Penalty] =
      [.control, .weightSimilarity(lambda: 1)]
      + PenaltyMetric.allCases.map { .activationSimilarity($0, lambda: 1) }
    _ = try Trainer.memoryUse(
      configuration: TrainingConfiguration(
        architecture: architecture, dataset: "none", epochs: 1),
      members: conditions.map { Member(condition: $0, seed: 0) }, training: images,
      normalization: Normalization(of: images), device: device)
    _ = try Evaluator.memoryUse(
      architecture: architecture, capacity: conditions.count, device: device)
  }

  /// Prepares a convolution of every class for every pass, as other architectures may have them.
  private func prepareClasses(on device: OpenCLDevice) throws {
    let counting = try device.measuring()
    for channels in [32, 64, 128, 256] {
      // Backward-data reads the channels that forward writes, so inputs and outputs are exchanged.
      // With only three or four channels to write, compilers remove most of a tile.
      let forward = [(3, channels), (32, channels)]
        .flatMap { Self.convolution($0, $1).filter { $1 } }
      let backward = [(channels, 32), (channels, 4)]
        .flatMap { Self.convolution($0, $1).filter { !$1 } }
      for (operationCase, _) in forward + backward {
        _ = try operationCase.prepared(on: counting)
      }
    }
  }

  /// The three passes of a convolution, and for each whether it reads the convolution's input.
  private static func convolution(
    _ inputs: Int, _ outputs: Int
  ) -> [(OperationCase, readsInput: Bool)] {
    OperationCase.convolution(
      Window(3, padding: 1), input: [4, inputs, 16, 16], outputs: outputs, members: 2
    ).map { ($0, $0.operation != .convolutionBackwardData) }
  }
}
