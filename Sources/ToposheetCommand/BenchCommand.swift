import ArgumentParser
import Foundation
import Toposheet

/// Measures a device.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure a device: its peak, each operation, training steps and inference.",
    usage: "toposheet bench [<options>]",
    discussion: """
      Shows how close to the device's limits each operation and step runs. Peaks are measured with \
      small kernels, on all threads or compute units, before, between and after the other \
      measurements; the highest value counts. Nothing is read or written except the file of --json.

      Examples:
        toposheet bench --quick
        toposheet bench --device opencl:0 --json bench.json
        toposheet bench --only training --condition ws --members 8 --json -
        toposheet bench --profile --condition ws
      """)

  @OptionGroup(title: "Device") var device: DeviceOptions

  @Option(
    help: ArgumentHelp(
      "Write the figures to this file, which is replaced; - for standard output, without tables.",
      valueName: "file"), completion: .file(extensions: ["json"]))
  var json: String?

  @Option(
    help: ArgumentHelp(
      "What to measure, with commas: operations, training, inference (these by default), attack, "
        + "corruptions, noise, weights, analyses, profile.",
      valueName: "parts"),
    completion: .list(BenchmarkConfiguration.Part.allCases.map(\.rawValue)))
  var only: String?

  @Option(
    help: ArgumentHelp("Networks, with commas: mnist, cifar10.", valueName: "names"),
    completion: Completions.architectures)
  var architecture = Architecture.presets.joined(separator: ",")

  @Option(
    help: ArgumentHelp(
      "Conditions of the training steps, with commas: control, ws, as, or with a metric, "
        + "ws-cosine.", valueName: "names"),
    completion: .list(TrainingCondition.all.map(\.name)))
  var condition = TrainingCondition.all.map(\.name).joined(separator: ",")

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Sizes of the populations, with commas; 1,8 by default.", valueName: "list"))
  var members: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Images per network and training step.", valueName: "n"))
  var batch = 64

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Images per network and step of inference.", valueName: "n"))
  var inferenceBatch = 256

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Seconds for each workload, and a fifth of that for each operation; by default 1.",
      valueName: "number"),
    transform: NumberText.double)
  var seconds: Double?

  @Flag(help: "A tenth of the time, and one member, unless --seconds or --members say otherwise.")
  var quick = false

  @Flag(help: "Measure where the time of each training step goes: alone, or added to --only.")
  var profile = false

  func run() throws {
    let configuration = try benchmark()
    try checkFile()
    let lock = try json.flatMap { $0 == "-" ? nil : try OutputFile.take($0, option: "--json") }
    defer { lock?.release() }
    let device = try device.open()
    var status = StatusLine()
    let benchmark = try DeviceBenchmark(configuration, device: device) { status.show($0) }
    let report = try benchmark.run(version: toposheetVersion)
    status.clear()
    guard let json else { return Terminal.print(report.text(width: Terminal.terminalWidth)) }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let data = try encoder.encode(report)
    guard json != "-" else { return Terminal.print(String(decoding: data, as: UTF8.self)) }
    try AtomicFile.write(data, to: URL(filePath: json))
    Terminal.print(report.text(width: Terminal.terminalWidth))
  }

  /// Refuses a file that cannot be written, before anything is measured.
  /// - Throws: `UserError`.
  private func checkFile() throws {
    guard let json, json != "-" else { return }
    let url = URL(filePath: json)
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
    guard !json.isEmpty, !(exists && isFolder.boolValue),
      access(url.deletingLastPathComponent().path, W_OK) == 0
    else { throw UserError(url, "cannot be written; choose another file with --json") }
    try OutputFile.check(
      [json], kind: "figures", beginning: OutputFile.json, example: "bench.json")
  }

  private func benchmark() throws -> BenchmarkConfiguration {
    var configuration = BenchmarkConfiguration()
    if let only {
      configuration.parts = Set(
        try Self.values(only, "--only", BenchmarkConfiguration.Part.init(rawValue:)))
    }
    if profile {
      configuration.parts = only == nil ? [.profile] : configuration.parts.union([.profile])
    }
    configuration.architectures = try Self.values(architecture, "--architecture") { $0 }
    configuration.conditions = try Self.values(
      condition, "--condition", TrainingCondition.init(name:))
    configuration.members = try Self.values(members ?? (quick ? "1" : "1,8"), "--members") {
      DecimalText.integer($0)
    }
    configuration.batch = batch
    configuration.inferenceBatch = inferenceBatch
    configuration.seconds = seconds ?? (quick ? 0.1 : 1)
    return configuration
  }

  /// The items of a list with commas, each parsed by `read`.
  private static func values<Value>(
    _ text: String, _ option: String, _ read: (String) -> Value?
  ) throws -> [Value] {
    try SelectionText.parts(text).map { item in
      guard !item.isEmpty, let value = read(item) else {
        throw ValidationError(
          "\(option) does not know \"\(item)\"; `toposheet bench --help` lists what it takes")
      }
      return value
    }
  }
}
