/// A device as people name it: `auto`, `cpu`, `opencl`, `opencl:N`, or part of one, `opencl:N/2:0`.
///
/// ```swift
/// let device = try DeviceChoice.automatic.open()
/// let named = try DeviceChoice("opencl:0").open()
/// print(device.information.name)
/// ```
public enum DeviceChoice: Sendable, Hashable, CustomStringConvertible {
  /// The first GPU or other accelerator; the CPU if there is none.
  case automatic
  /// The CPU.
  case cpu
  /// An OpenCL device by number; the first accelerator, or else the first device, without one.
  case openCL(Int?)
  /// One of so many equal parts of an OpenCL device.
  case openCLPart(index: Int, part: Int, of: Int)

  /// Reads a name.
  /// - Throws: `DeviceError` when it is none of the names.
  public init(_ text: String) throws {
    switch text {
    case "auto": self = .automatic
    case "cpu": self = .cpu
    case "opencl": self = .openCL(nil)
    default:
      guard text.hasPrefix("opencl:"), let choice = Self.openCL(text.dropFirst(7)) else {
        throw DeviceError(
          "there is no device \(text): --device takes auto, cpu, opencl or opencl:N, where "
            + "`toposheet devices` lists N")
      }
      self = choice
    }
  }

  /// `N`, or `N/parts:part`.
  private static func openCL(_ text: Substring) -> DeviceChoice? {
    let pieces = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let index = Int(pieces[0]), index >= 0 else { return nil }
    guard pieces.count == 2 else { return .openCL(index) }
    let numbers = pieces[1].split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.count == 2, let parts = numbers[0], let part = numbers[1],
      (1...1024).contains(parts), (0..<parts).contains(part)
    else { return nil }
    return .openCLPart(index: index, part: part, of: parts)
  }

  /// Its name.
  public var description: String {
    switch self {
    case .automatic: "auto"
    case .cpu: "cpu"
    case .openCL(let index): index.map { "opencl:\($0)" } ?? "opencl"
    case .openCLPart(let index, let part, let parts): "opencl:\(index)/\(parts):\(part)"
    }
  }

  /// Opens the device.
  /// - Parameters:
  ///   - threads: of the CPU; all available cores by default.
  ///   - tuning: of OpenCL devices.
  ///   - precision: of the products of convolutions.
  /// - Throws: `DeviceError` when there is no such device, or it does not have the precision.
  public func open(
    threads: Int? = nil, tuning: TuningSource = .saved, precision: Precision = .float32
  ) throws -> any Device {
    func openCL(_ index: Int) throws -> OpenCLDevice {
      try OpenCLDevice(index: index, tuning: tuning, precision: precision)
    }
    func cpu() throws -> CPUDevice {
      let device = try CPUDevice(threads: threads)
      guard precision == .float32 else {
        throw PrecisionSupport.refusal(
          device.information, precision, because: "it has no tensor cores")
      }
      return device
    }
    switch self {
    case .cpu: return try cpu()
    case .automatic:
      // Without OpenCL the CPU is the choice, which is not an error.
      let found = (try? OpenCLDevice.available()) ?? []
      return try found.firstIndex(where: \.isAccelerator).map(openCL) ?? cpu()
    case .openCL(nil):
      let found = try OpenCLDevice.available()
      return try openCL(found.firstIndex(where: \.isAccelerator) ?? 0)
    case .openCL(let index?): return try openCL(index)
    case .openCLPart(let index, let part, let parts):
      return try OpenCLDevice(
        part: part, of: parts, index: index, tuning: tuning, precision: precision)
    }
  }
}
