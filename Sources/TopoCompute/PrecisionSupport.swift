/// The precisions that a device has.
public struct PrecisionSupport: Sendable, Hashable {
  /// The precisions: float32, and others.
  public var precisions: [Precision]
  /// Whether tensor cores are emulated, slowly.
  public var isEmulated = false
  /// How a trial of the device's tensor cores failed, as a clause; nil if it did not, or none was
  /// worth it.
  public var failure: String?

  /// Those of the device `opencl:<index>`. If it may have tensor cores, this tries them, which takes
  /// a second.
  /// - Throws: `DeviceError` when there is no such device, or it cannot be used.
  public init(openCL index: Int) throws {
    self.init(TensorCores.of(try OpenCLContext.shared(index: index)))
  }

  init(_ cores: TensorCores) {
    precisions = cores.trouble == nil ? [.float32, .tf32] : [.float32]
    isEmulated = cores == .emulated
    if case .failed(let how) = cores { failure = how }
  }

  /// Those of the cpu device.
  public static let cpu = PrecisionSupport(.absent("it has no tensor cores"))

  /// The error of a device without a precision, which names the devices that have it.
  /// - Parameter reason: why it does not have it, as a clause.
  static func refusal(
    _ device: DeviceInformation, _ precision: Precision, because reason: String
  ) -> DeviceError {
    let others = ((try? OpenCLDevice.available()) ?? []).enumerated()
      .filter { index, other in
        other.identifier != device.identifier
          && (try? PrecisionSupport(openCL: index))?.precisions.contains(precision) == true
      }
      .map { "\($0.element.identifier) (\($0.element.name))" }
    return refusal(device, precision, because: reason, others: others)
  }

  /// - Parameter others: the devices that have it.
  static func refusal(
    _ device: DeviceInformation, _ precision: Precision, because reason: String, others: [String]
  ) -> DeviceError {
    let remedy =
      others.isEmpty
      ? "none of the devices here can, so compute in float32"
      : "\(others.joined(separator: ", ")) can: name it with --device"
    return DeviceError(
      "\(device.identifier) (\(device.name)) cannot compute in \(precision.rawValue): \(reason); "
        + remedy)
  }
}
