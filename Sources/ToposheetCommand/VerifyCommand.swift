import ArgumentParser
import Foundation
import Toposheet

/// Checks a device.
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check every operation of a device against a double-precision reference.",
    usage: "toposheet verify [<options>]",
    discussion: """
      Run this first on a new device or driver. Beside the values, each case checks that nothing \
      is written out of bounds or left unwritten, that a second run gives the same bits, and that \
      a member's bits do not depend on the other members. With --precision tf32, results of \
      convolutions may be off by some roundings of 2^-11, except for small integers, of which they \
      must be exact. The exit code is 0 if all cases passed.

      Examples:
        toposheet verify
        toposheet verify --small --device opencl:0
        toposheet verify --device opencl --only convolution --all-algorithms
        toposheet verify --device opencl:0 --precision tf32
      """)

  @OptionGroup(title: "Device") var device: DeviceOptions

  @Flag(help: "Run only the small cases: for simulators and quick checks.")
  var small = false

  @Option(
    help: ArgumentHelp(
      "Force an algorithm, such as linear=direct; may be given several times.",
      valueName: "name=algorithm"),
    completion: .list(
      OpenCLDevice.algorithmNames(in: .tf32).sorted { $0.key < $1.key }
        .flatMap { operation, names in names.map { "\(operation)=\($0)" } }))
  var algorithm: [String] = []

  @Flag(help: "Then force each algorithm of the operations that have several.")
  var allAlgorithms = false

  @Option(
    help: ArgumentHelp(
      "Use the first OpenCL device with the choices shipped for another: \(profiles).",
      valueName: "profile"), completion: .list(DeviceProfile.allCases.map(\.rawValue)))
  var standInFor: String?

  @Option(
    help: ArgumentHelp(
      "Check only operations whose names begin with this, such as convolution.", valueName: "name"),
    completion: .list(OperationFamily.allCases.map(\.rawValue).filter { !$0.contains(" ") }))
  var only: String?

  private static let profiles = DeviceProfile.allCases.map(\.rawValue).joined(separator: ", ")

  func run() throws {
    var cases = Verification.cases(
      size: small ? .small : .full, precision: device.precision ?? .float32)
    if let only {
      cases = cases.filter { $0.operation.rawValue.hasPrefix(only) }
      guard !cases.isEmpty else {
        let names = OperationFamily.allCases.map(\.rawValue).joined(separator: "; ")
        throw ValidationError("no operation's name begins with \(only); there are \(names)")
      }
    }
    let forced = try forcedAlgorithms()
    if standInFor != nil, !["auto", "opencl"].contains(self.device.device) {
      throw ValidationError(
        "--stand-in-for computes on the first OpenCL device, not on \(self.device.device)")
    }
    if allAlgorithms, standInFor == nil {
      guard case .openCL = try DeviceChoice(self.device.device) else {
        throw ValidationError("--all-algorithms belongs to OpenCL devices; add --device opencl")
      }
    }
    let device = try open(forced)
    let precision = device.information.precision
    Terminal.print(device.information.heading)
    var passed = check(device, cases, forced: forced)
    if allAlgorithms {
      let all = OpenCLDevice.algorithmNames(in: precision)
      for (operation, names) in all.sorted(by: { $0.key < $1.key }) {
        let affected = cases.filter { $0.operation.algorithmKey == operation }
        if affected.isEmpty { continue }
        for name in names {
          Terminal.print("\n\(operation)=\(name)")
          let forced = forced.merging([operation: name]) { $1 }
          passed = check(try open(forced), affected, forced: forced) && passed
        }
      }
    }
    guard passed else { throw ExitCode.failure }
  }

  /// Runs and reports cases.
  /// - Returns: whether all passed.
  private func check(
    _ device: any Device, _ cases: [OperationCase], forced: [String: String]
  ) -> Bool {
    var (status, done) = (StatusLine(), 0)
    var results = Verification.run(device: device, cases: cases) { result in
      done += 1
      status.show("\(done)/\(cases.count)  \(result.operation.rawValue): \(result.name)")
    }
    status.clear()
    // Forced algorithms may refuse shapes that they do not support.
    results.removeAll { $0.isRefused && forced[$0.operation.algorithmKey ?? ""] != nil }
    report(results, declined: cases.count - results.count)
    if results.isEmpty { Terminal.print("Nothing was checked.") }
    // No case at all is a failure, except for one of --all-algorithms, which may support none.
    return results.allSatisfy(\.passed) && (allAlgorithms || !results.isEmpty)
  }

  private func forcedAlgorithms() throws -> [String: String] {
    var algorithms: [String: String] = [:]
    for text in algorithm {
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else {
        throw ValidationError("--algorithm takes name=algorithm, not \(text)")
      }
      algorithms[parts[0]] = parts[1]
    }
    return algorithms
  }

  private func open(_ algorithms: [String: String]) throws -> any Device {
    if let standInFor {
      guard let profile = DeviceProfile(rawValue: standInFor) else {
        throw ValidationError(
          "--stand-in-for takes \(VerifyCommand.profiles), not \(standInFor)")
      }
      return try OpenCLDevice(
        standingInFor: profile, algorithms: algorithms, precision: device.precision ?? .float32)
    }
    if algorithms.isEmpty { return try device.open() }
    switch try DeviceChoice(device.device) {
    case .openCL(let index):
      // As without --algorithm: the first accelerator if no device is named.
      let first = try OpenCLDevice.available().firstIndex(where: \.isAccelerator) ?? 0
      return try OpenCLDevice(
        index: index ?? first, algorithms: algorithms, tuning: device.tuning,
        precision: device.precision ?? .float32)
    default: throw ValidationError("--algorithm belongs to OpenCL devices; add --device opencl")
    }
  }

  private func report(_ results: [CaseResult], declined: Int) {
    var table = TextTable(["operation", "cases", "largest error", "seconds", "result"])
    for family in OperationFamily.allCases {
      let results = results.filter { $0.operation == family }
      guard !results.isEmpty else { continue }
      let failed = results.count { !$0.passed }
      table.append(
        [
          family.rawValue, "\(results.count)",
          String(format: "%.1e", results.map(\.error).max() ?? 0),
          Readable.fixed(results.reduce(0) { $0 + $1.seconds }, 1),
          failed == 0 ? "pass" : "\(failed) FAILED",
        ], marks: failed == 0 ? [:] : [4: .wrong])
    }
    Terminal.print(table)
    for result in results {
      guard let failure = result.failure else { continue }
      let word = Style.wrong("FAILED", colored: Style.isUsed(on: STDOUT_FILENO))
      Terminal.print("\(word) \(result.operation.rawValue): \(result.name): \(failure)")
    }
    let failed = results.count { !$0.passed }
    if declined > 0 {
      Terminal.print(
        "The algorithm does not support \(declined.counted("case")), which another one runs.")
    }
    Terminal.print(
      failed == 0
        ? "All \(results.count.counted("case")) passed in "
          + "\(Readable.duration(results.reduce(0) { $0 + $1.seconds }))."
        : "\(failed) of \(results.count.counted("case")) failed: this device or its driver "
          + "computes wrongly.")
  }
}
