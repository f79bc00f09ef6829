/// A device as people name it: `auto`, `cpu`, `opencl` or `opencl:N`.
public enum DeviceChoice: Sendable, Hashable, CustomStringConvertible {
  /// The first GPU or other accelerator; the CPU where there is none.
  case automatic
  /// The processor.
  case cpu
  /// An OpenCL device by number; the first accelerator, or else the first device, without one.
  case openCL(Int?)

  /// Reads a name.
  /// - Throws: `DeviceError` when it is none of the names.
  public init(_ text: String) throws {
    switch text {
    case "auto": self = .automatic
    case "cpu": self = .cpu
    case "opencl": self = .openCL(nil)
    default:
      guard text.hasPrefix("opencl:"), let index = Int(text.dropFirst(7)), index >= 0 else {
        throw DeviceError(
          "there is no device \(text): --device takes auto, cpu, opencl or opencl:N, where "
            + "`toposheet devices` lists N")
      }
      self = .openCL(index)
    }
  }

  /// Its name.
  public var description: String {
    switch self {
    case .automatic: "auto"
    case .cpu: "cpu"
    case .openCL(let index): index.map { "opencl:\($0)" } ?? "opencl"
    }
  }

  /// Opens the device.
  /// - Parameter threads: of the CPU; all available cores by default.
  /// - Throws: `DeviceError` when there is no such device.
  public func open(threads: Int? = nil) throws -> any Device {
    switch self {
    case .cpu: return try CPUDevice(threads: threads)
    case .automatic:
      // No OpenCL is no error here: that is what the CPU is for.
      let found = (try? OpenCLDevice.available()) ?? []
      guard let index = found.firstIndex(where: \.isAccelerator) else {
        return try CPUDevice(threads: threads)
      }
      return try OpenCLDevice(index: index)
    case .openCL(nil):
      let found = try OpenCLDevice.available()
      return try OpenCLDevice(index: found.firstIndex(where: \.isAccelerator) ?? 0)
    case .openCL(let index?): return try OpenCLDevice(index: index)
    }
  }
}
