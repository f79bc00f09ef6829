/// A prepared operation of an OpenCL device: the steps to enqueue, in order.
final class OpenCLOperation: Operation, @unchecked Sendable {
  let name: String
  /// The device that may run it.
  let device: OpenCLDevice
  private let steps: [OpenCLStep]

  /// An operation of `steps`, named `operation/algorithm`.
  init(_ name: String, on device: OpenCLDevice, _ steps: [OpenCLStep]) {
    self.name = name
    self.device = device
    self.steps = steps
  }

  /// Adds all steps to the queue.
  func enqueue(on queue: OpaquePointer) throws {
    for step in steps { try step.enqueue(on: queue) }
  }
}
