import Foundation
import TopoCompute
import TopoFoundation

/// What determines the bits of a run: a device and the version of this program.
///
/// In JSON, `version` is one more entry of the device's object.
struct BitSource: Sendable, Hashable, Codable {
  var device: DeviceInformation
  /// nil if it was not recorded, as by version 0.1.0: it is then the version of the run's
  /// beginning.
  var version: String?

  private enum Key: CodingKey { case version }

  init(device: DeviceInformation, version: String?) {
    (self.device, self.version) = (device, version)
  }

  init(from decoder: any Decoder) throws {
    device = try DeviceInformation(from: decoder)
    version = try decoder.container(keyedBy: Key.self).decodeIfPresent(
      String.self, forKey: .version)
  }

  func encode(to encoder: any Encoder) throws {
    try device.encode(to: encoder)
    var container = encoder.container(keyedBy: Key.self)
    try container.encodeIfPresent(version, forKey: .version)
  }
}

/// Decides whether two devices give the same bits, from everything that the bits depend on.
enum DeviceMatch {
  /// Refuses to continue a run on a device, or with a version of this program, whose bits would
  /// differ.
  /// - Parameters:
  ///   - found: what the run was begun with, or last continued with.
  ///   - here: what it would be continued with.
  ///   - what: what runs, in errors: `study`.
  ///   - verb: how `found` is connected with the run, in errors: `was begun` or `was last
  ///     continued`.
  ///   - url: the run's folder.
  /// - Throws: `UserError` that names the difference and the remedy.
  static func require(
    _ found: BitSource, _ here: BitSource, of what: String, verb: String = "was begun", in url: URL
  ) throws {
    guard let (begun, differ, remedy) = difference(found, here) else { return }
    throw UserError(
      "\(url.path): the \(what) \(verb) \(begun), and its bits \(differ); \(remedy), or "
        + "continue all the same with --resume=anyway, which is recorded")
  }

  /// How the sources differ: what the run was begun with, how its bits differ here, and the remedy.
  /// nil if the bits are the same.
  private static func difference(
    _ found: BitSource, _ here: BitSource
  ) -> (begun: String, differ: String, remedy: String)? {
    if let begun = found.version, let version = here.version, begun != version {
      return (
        "with version \(begun)", "may differ with version \(version)",
        "continue with version \(begun)"
      )
    }
    return difference(found.device, here.device).map {
      ($0.begun, "would differ \($0.here)", $0.remedy)
    }
  }

  /// How the devices differ: where the run was begun, where it would continue, and the remedy. nil
  /// if their bits are the same.
  private static func difference(
    _ found: DeviceInformation, _ device: DeviceInformation
  ) -> (begun: String, here: String, remedy: String)? {
    // CPUs with the same version of oneDNN and the same instruction set compute the same bits,
    // whatever their model. Other devices must be of the same model.
    guard found.kind == device.kind, device.kind == .cpu || found.name == device.name else {
      return (
        "on \(found.identifier) (\(found.name))", "on \(device.identifier) (\(device.name))",
        "continue with --device \(found.identifier) where that device is"
      )
    }
    // Before the others: tuning depends on the precision, and an emulation is a part of the driver.
    guard found.precision == device.precision else {
      return (
        "in \(found.precision.rawValue)", "in \(device.precision.rawValue)",
        "continue with --precision \(found.precision.rawValue)"
      )
    }
    guard found.driver == device.driver else {
      let (begun, here) = (parts(of: found, notOf: device), parts(of: device, notOf: found))
      return ("with \(begun)", "with \(here)", remedy(found, begun))
    }
    guard found.tuning == device.tuning else {
      let names = [found, device].map { $0.tuning.map { "tuning \($0)" } ?? "no tuning" }
      return (
        "with \(names[0])", "with \(names[1])",
        found.tuning == nil
          ? "add --no-tuning" : "restore the file of that tuning, or begin anew"
      )
    }
    return nil
  }

  /// The parts of a device's driver text that another device's text does not have.
  private static func parts(of device: DeviceInformation, notOf other: DeviceInformation) -> String
  {
    let others = Set(other.driver.components(separatedBy: ", "))
    let differing = device.driver.components(separatedBy: ", ").filter { !others.contains($0) }
    if !differing.isEmpty { return differing.joined(separator: ", ") }
    // All of its parts are among the other's, which has more.
    return device.kind == .cpu ? "this program's kernels" : device.driver
  }

  /// How to use again what a run was begun with.
  private static func remedy(_ found: DeviceInformation, _ begun: String) -> String {
    let settings = [
      "SSE4.1": "DNNL_MAX_CPU_ISA=SSE41", "AVX": "DNNL_MAX_CPU_ISA=AVX",
      "AVX2": "\(CPUInstructions.variable)=\(CPUInstructions.avx2.rawValue)",
      "AVX-512": "\(CPUInstructions.variable)=\(CPUInstructions.avx512.rawValue)",
    ]
    guard found.kind == .cpu, let setting = settings[begun] else {
      return "continue with \(begun)"
    }
    return "continue with \(setting) on a CPU that has \(begun)"
  }
}
