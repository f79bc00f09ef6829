import Synchronization
import TopoCompute

/// How often a device may run operations before it is lost.
package final class RunLimit: Sendable {
  private let limit: Int
  private let count = Atomic(0)

  /// What a lost device throws.
  package static let error = DeviceError("the device is lost")

  /// A limit of successful runs; none by default.
  package init(_ limit: Int = .max) { self.limit = limit }

  /// Runs so far.
  package var runs: Int { count.load(ordering: .relaxed) }

  /// A device that computes as another one does, until it is lost: then every run throws.
  package func device(_ inner: any Device) -> any Device {
    WrappedDevice(
      inner,
      beforeRun: {
        guard self.runs < self.limit else { throw Self.error }
        self.count.wrappingAdd(1, ordering: .relaxed)
      })
  }
}
