import Foundation
import TopoCompute
import TopoFoundation

/// What the bits of a run come from: a device, and the version of this program at work on it.
///
/// In JSON the version stands among the device's entries.
struct BitSource: Sendable, Hashable, Codable {
  var device: DeviceInformation
  /// nil for the version that the run was begun with: version 0.1.0 did not keep it.
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

/// Whether two devices give the same bits: everything that these depend on is compared.
enum DeviceMatch {
  /// Refuses to go on with a run on a device, or with a version of this program, whose bits would
  /// differ.
  /// - Parameters:
  ///   - found: what the run was begun with, or last went on with.
  ///   - verb: which of the two, in errors.
  ///   - what: what runs, in errors.
  /// - Throws: `UserError` that says what differs.
  static func require(
    _ found: BitSource, _ here: BitSource, of what: String, verb: String = "was begun", in url: URL
  ) throws {
    guard let (begun, differ, remedy) = difference(found, here) else { return }
    throw UserError(
      "\(url.path): the \(what) \(verb) \(begun), and its bits \(differ); \(remedy), or "
        + "go on all the same with --resume=anyway, which is recorded")
  }

  /// How the sources differ: what a run was begun with, how its bits differ here, and what to do.
  private static func difference(
    _ found: BitSource, _ here: BitSource
  ) -> (begun: String, differ: String, remedy: String)? {
    if let begun = found.version, let version = here.version, begun != version {
      return (
        "with version \(begun)", "may differ with version \(version)",
        "go on with version \(begun)"
      )
    }
    return difference(found.device, here.device).map {
      ($0.begun, "would differ \($0.here)", $0.remedy)
    }
  }

  /// How the devices differ: where a run was begun, where it would go on, and what to do.
  private static func difference(
    _ found: DeviceInformation, _ device: DeviceInformation
  ) -> (begun: String, here: String, remedy: String)? {
    // Processors of one library and instruction set compute the same bits, whatever their model;
    // of other devices only the same model does.
    guard found.kind == device.kind, device.kind == .cpu || found.name == device.name else {
      return (
        "on \(found.identifier) (\(found.name))", "on \(device.identifier) (\(device.name))",
        "go on with --device \(found.identifier) where that is"
      )
    }
    guard found.driver == device.driver else {
      let (begun, here) = (parts(found, but: device), parts(device, but: found))
      return ("with \(begun)", "with \(here)", remedy(found, device, begun))
    }
    guard found.tuning == device.tuning else {
      let names = [found, device].map { $0.tuning.map { "tuning \($0)" } ?? "no tuning" }
      return (
        "with \(names[0])", "with \(names[1])",
        found.tuning == nil
          ? "add --no-tuning" : "bring that tuning's file back, or begin anew"
      )
    }
    return nil
  }

  /// The parts of a device's driver that another one's does not have.
  private static func parts(_ device: DeviceInformation, but other: DeviceInformation) -> String {
    let others = Set(other.driver.components(separatedBy: ", "))
    let own = device.driver.components(separatedBy: ", ").filter { !others.contains($0) }
    if !own.isEmpty { return own.joined(separator: ", ") }
    // One has more parts than the other.
    return device.kind == .cpu ? "this program's kernels" : device.driver
  }

  /// How to get back what a run was begun with.
  private static func remedy(
    _ found: DeviceInformation, _ device: DeviceInformation, _ begun: String
  ) -> String {
    let instructions = [
      "SSE4.1": "SSE41", "AVX": "AVX", "AVX2": "AVX2", "AVX-512": "AVX512_CORE",
    ]
    guard found.kind == .cpu, let name = instructions[begun] else {
      return "go on where that is in use"
    }
    return "go on with DNNL_MAX_CPU_ISA=\(name) where the processor has \(begun)"
  }
}
