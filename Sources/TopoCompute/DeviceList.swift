import TopoFoundation

/// Devices as people name them: one as `DeviceChoice` reads it, or several of OpenCL's with commas,
/// where `opencl:N/2` stands for both halves of a device.
public struct DeviceList: Sendable, Hashable {
  /// The devices, each once.
  public let choices: [DeviceChoice]

  /// Reads a list.
  /// - Throws: `DeviceError` when a name is not a device's, or the devices cannot share work.
  public init(_ text: String) throws {
    choices = try SelectionText.parts(text).flatMap(Self.expand)
    guard choices.count > 1 else { return }
    for choice in choices {
      switch choice {
      case .openCL(_?), .openCLPart: break
      default:
        throw DeviceError(
          "--device \(text) mixes kinds of device, whose bits differ, or does not say which: "
            + "several devices are opencl:0,opencl:1 or opencl:0/2")
      }
    }
    guard Set(choices).count == choices.count else {
      throw DeviceError("--device \(text) names a device twice; name each once")
    }
    let whole = Set(choices.compactMap { if case .openCL(let index) = $0 { index } else { nil } })
    let parted = Set(
      choices.compactMap { choice -> Int? in
        if case .openCLPart(let index, _, _) = choice { index } else { nil }
      })
    guard whole.isDisjoint(with: parted) else {
      throw DeviceError("--device \(text) names a device and parts of it; name one or the other")
    }
    var divisions: [Int: Int] = [:]
    for case .openCLPart(let index, _, let parts) in choices {
      guard divisions.updateValue(parts, forKey: index) ?? parts == parts else {
        throw DeviceError(
          "--device \(text) divides opencl:\(index) in two ways, whose parts overlap; choose one")
      }
    }
  }

  /// `opencl:N/K` is all K parts of a device.
  private static func expand(_ text: String) throws -> [DeviceChoice] {
    let pieces = text.split(separator: "/")
    guard text.hasPrefix("opencl:"), pieces.count == 2, let parts = DecimalText.integer(pieces[1]),
      let index = DecimalText.integer(pieces[0].dropFirst(7)), index >= 0
    else { return [try DeviceChoice(text)] }
    guard (1...1024).contains(parts) else {
      throw DeviceError("--device \(text) asks for \(parts) parts of a device; ask for 2 or more")
    }
    return parts == 1
      ? [.openCL(index)] : (0..<parts).map { .openCLPart(index: index, part: $0, of: parts) }
  }

  /// Opens the devices.
  /// - Parameters:
  ///   - threads: of the CPU; all available cores by default.
  ///   - tuning: of OpenCL devices.
  ///   - precision: of the products of convolutions.
  /// - Throws: `DeviceError` when one of them is not there, or does not have the precision.
  public func open(
    threads: Int? = nil, tuning: TuningSource = .saved, precision: Precision = .float32
  ) throws -> [any Device] {
    try choices.map { try $0.open(threads: threads, tuning: tuning, precision: precision) }
  }
}
