import ArgumentParser
import Foundation
import Toposheet

/// Finds the fastest choices for a device.
struct TuneCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tune",
    abstract: "Find the fastest kernels of an OpenCL device, and save them for its next use.",
    usage: "toposheet tune [<options>]",
    discussion: """
      Compares algorithms and tilings of the convolutions, and CLBlast's constants for the linear \
      layers, with the shipped choices, at the networks' sizes. Candidates that do not build or \
      give wrong results are discarded. The fastest are saved in a file for this device and \
      driver. Every command reads it when it opens the device, unless --no-tuning is given or \
      TOPOSHEET_TUNING is off; TOPOSHEET_TUNING=folder names another folder for it.

      Tuning changes the order of sums, so results differ in their last bits: a study must be \
      continued with the tuning that it was begun with.

      With --precision tf32, the convolutions of that precision are tuned, and what was found for \
      float32 stays in the file, as the reverse.

      Without --device, the first GPU is tuned. If there is none, name the device.

      Examples:
        toposheet tune
        toposheet tune --device opencl:0
        toposheet tune --quick --architecture mnist --members 32
        toposheet tune --device opencl:0 --precision tf32
      """)

  @OptionGroup(title: "Device") var device: DeviceOptions

  @Option(
    help: ArgumentHelp(
      "Networks whose layers are timed: mnist, cifar10 or both.", valueName: "name"),
    completion: .list(Architecture.presets + ["both"]))
  var architecture = "both"

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Members of the population.", valueName: "n"))
  var members = 8

  @Option(parsing: .unconditional, help: ArgumentHelp("Images per member.", valueName: "n"))
  var batch = 64

  @Flag(help: "Compare only choices shipped for some device, each in a third of the time.")
  var quick = false

  @Option(
    help: ArgumentHelp(
      "Write the choices to this file, which is not read later, instead of the usual one.",
      valueName: "file"), completion: .file())
  var out: String?

  func run() throws {
    let networks = try networks()
    let choice = try deviceChoice()
    let precision = device.precision ?? .float32
    func open(
      _ tuning: TuningSource, _ algorithms: [String: String], _ precision: Precision
    ) throws -> OpenCLDevice {
      switch choice {
      case .openCLPart(let index, let part, let parts):
        return try OpenCLDevice(
          part: part, of: parts, index: index, algorithms: algorithms, tuning: tuning,
          precision: precision)
      case .openCL(let index?):
        return try OpenCLDevice(
          index: index, algorithms: algorithms, tuning: tuning, precision: precision)
      default:
        let found = try OpenCLDevice.available().firstIndex(where: \.isAccelerator) ?? 0
        return try OpenCLDevice(
          index: found, algorithms: algorithms, tuning: tuning, precision: precision)
      }
    }
    // Files are of all precisions.
    let information = try open(.shipped, [:], .float32).information
    let file = try file(for: information)
    let known = out == nil ? TuningSource.known(for: information) : TuningTable()
    try checkWritable(file)
    let folder = file.deletingLastPathComponent()
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let lock = try OutputFile.take(file.path, option: "--out")
    defer { lock.release() }
    var configuration = TuningConfiguration(networks)
    (configuration.members, configuration.batch) = (members, batch)
    configuration.isQuick = quick
    configuration.precision = precision
    var status = TuneStatus()
    let tuner = try DeviceTuner(configuration) {
      try open($0, $1, precision)
    } progress: {
      status.show($0)
    }
    let report = try tuner.run()
    status.clear()
    let table = known.replacing(precision, with: report.table)
    try AtomicFile.write(Data(TuningFile(information, table).text.utf8), to: file)
    Terminal.print(report.text)
    Terminal.print("Choices: \(file.path)")
  }

  private func networks() throws -> [Architecture] {
    switch architecture {
    case "mnist": return [try .mnist()]
    case "cifar10": return [try .cifar10()]
    case "both": return [try .mnist(), try .cifar10()]
    default:
      throw ValidationError("--architecture takes mnist, cifar10 or both, not \(architecture)")
    }
  }

  private func deviceChoice() throws -> DeviceChoice {
    let choices = try DeviceList(device.device).choices
    guard choices.count == 1 else {
      throw ValidationError("--device names \(choices.count) devices; name one to tune")
    }
    switch choices[0] {
    case .cpu: throw ValidationError("the cpu device has nothing to tune; add --device opencl")
    case .automatic:
      // As auto does elsewhere: the first GPU, but no other device.
      let found = try OpenCLDevice.available()
      guard let index = found.firstIndex(where: \.isAccelerator) else {
        throw ValidationError(
          "--device auto is the cpu device here, which has nothing to tune; add --device opencl to "
            + "tune \(found.first?.name ?? "an OpenCL device")")
      }
      return .openCL(index)
    default: return choices[0]
    }
  }

  private func file(for device: DeviceInformation) throws -> URL {
    if let out { return URL(filePath: out) }
    guard let folder = TuningFolder() else {
      throw ValidationError(
        "TOPOSHEET_TUNING is off and there is no other place for the choices; add --out")
    }
    return folder.file(for: device)
  }

  /// Refuses a file that cannot be written, before anything is timed.
  /// - Throws: `UserError`.
  private func checkWritable(_ file: URL) throws {
    let manager = FileManager.default
    var isFolder: ObjCBool = false
    let exists = manager.fileExists(atPath: file.path, isDirectory: &isFolder)
    var folder = file.deletingLastPathComponent()
    while !manager.fileExists(atPath: folder.path), folder.path != "/" {
      folder.deleteLastPathComponent()
    }
    guard out?.isEmpty != true, !(exists && isFolder.boolValue), access(folder.path, W_OK) == 0
    else { throw UserError(file, "cannot be written; choose another file with --out") }
  }
}

/// Progress: one line in place on a terminal, otherwise a line at intervals.
private struct TuneStatus {
  private var status = StatusLine()

  mutating func show(_ progress: DeviceTuner.Progress) {
    var text = StatusText()
    text.add("\(progress.done)/\(progress.count)", rank: 1)
    text.add(progress.secondsLeft.map { "\(Readable.duration($0)) left" } ?? "", rank: 0)
    text.add(progress.what, rank: 2)
    status.show(text)
  }

  mutating func clear() { status.clear() }
}
