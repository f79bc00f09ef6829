/// Peak rates of a device, measured with small kernels; benchmarks are given as fractions of them.
public struct DevicePeak: Sendable, Hashable, Codable {
  /// Single-precision floating-point operations per second, two for each fused multiply-add.
  public var flopsPerSecond: Double
  /// Bytes per second that a streaming triad reads and writes.
  public var bytesPerSecond: Double

  /// A peak.
  public init(flopsPerSecond: Double, bytesPerSecond: Double) {
    self.flopsPerSecond = flopsPerSecond
    self.bytesPerSecond = bytesPerSecond
  }

  /// The higher of each: a machine that something else used, or that ran hot, shows too little.
  public func raised(by other: DevicePeak) -> DevicePeak {
    DevicePeak(
      flopsPerSecond: max(flopsPerSecond, other.flopsPerSecond),
      bytesPerSecond: max(bytesPerSecond, other.bytesPerSecond))
  }
}

/// A device that can measure its peak rates.
public protocol PeakMeasuring: Device {
  /// Measures with everything that the device computes with, for a fraction of a second.
  /// - Throws: `DeviceError`.
  func measurePeak() throws -> DevicePeak
}

/// A device that can say where time goes.
public protocol OperationProfiling: Device {
  /// Runs operations once, in order, and waits for them.
  /// - Returns: the seconds that each took; they add up to about what the whole took.
  /// - Throws: `DeviceError`.
  func profile(_ operations: [any Operation]) throws -> [Double]
}

extension ContinuousClock {
  /// The seconds that `body` takes.
  func seconds(_ body: () throws -> Void) rethrows -> Double { try measure(body).seconds }
}
