import ArgumentParser
import Foundation
import Toposheet

/// Checks a device.
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check every operation of a device against a double-precision reference.",
    discussion: """
      The first thing to run on a driver nobody has tried. Beside the values, each case checks \
      that nothing is written out of bounds or left unwritten, that running again gives the same \
      bits, and that a member's bits do not depend on who is beside it. The exit code is 0 when \
      everything passed.
      """)

  @OptionGroup var device: DeviceOptions

  @Flag(help: "Only the small cases: for simulators and a quick look.")
  var small = false

  @Option(
    help: ArgumentHelp(
      "Force an algorithm, such as linear=direct; may be given again.", valueName: "name=algorithm")
  )
  var algorithm: [String] = []

  func run() throws {
    let device = try open()
    Terminal.print(
      "\(device.information.identifier)  \(device.information.name), \(device.information.driver)")
    let cases = Verification.cases(size: small ? .small : .full)
    var (status, done) = (StatusLine(), 0)
    let results = Verification.run(device: device, cases: cases) { result in
      done += 1
      status.show("\(done)/\(cases.count)  \(result.operation.rawValue): \(result.name)")
    }
    status.clear()
    report(results)
    guard results.allSatisfy(\.passed) else { throw ExitCode.failure }
  }

  private func open() throws -> any Device {
    guard !algorithm.isEmpty else { return try device.open() }
    var algorithms: [String: String] = [:]
    for text in algorithm {
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else {
        throw ValidationError("--algorithm takes name=algorithm, not \(text)")
      }
      algorithms[parts[0]] = parts[1]
    }
    switch try DeviceChoice(device.device) {
    case .openCL(let index):
      // As without --algorithm: the first accelerator, where none is named.
      let first = try OpenCLDevice.available().firstIndex(where: \.isAccelerator) ?? 0
      return try OpenCLDevice(index: index ?? first, algorithms: algorithms)
    default: throw ValidationError("--algorithm belongs to OpenCL devices; add --device opencl")
    }
  }

  private func report(_ results: [CaseResult]) {
    var table = TextTable(["operation", "cases", "largest error", "seconds", "result"])
    for family in OperationFamily.allCases {
      let own = results.filter { $0.operation == family }
      guard !own.isEmpty else { continue }
      let failed = own.count { !$0.passed }
      table.append([
        family.rawValue, "\(own.count)", String(format: "%.1e", own.map(\.error).max() ?? 0),
        Readable.fixed(own.reduce(0) { $0 + $1.seconds }, 1),
        failed == 0 ? "pass" : "\(failed) FAILED",
      ])
    }
    Terminal.print(table.description)
    for result in results {
      guard let failure = result.failure else { continue }
      Terminal.print("FAILED \(result.operation.rawValue): \(result.name): \(failure)")
    }
    let failed = results.count { !$0.passed }
    Terminal.print(
      failed == 0
        ? "All \(results.count) cases passed in "
          + "\(Readable.duration(results.reduce(0) { $0 + $1.seconds }))."
        : "\(failed) of \(results.count) cases failed: this device or its driver computes wrongly.")
  }
}
