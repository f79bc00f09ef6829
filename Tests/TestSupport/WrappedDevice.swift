import TopoCompute

/// A device that passes everything on to another one. It can say that it is another device, and
/// fail at a run.
public final class WrappedDevice: Device {
  public let information: DeviceInformation
  let inner: any Device
  private let beforeRun: @Sendable () throws -> Void

  /// - Parameters:
  ///   - change: changes what the device says about itself.
  ///   - beforeRun: called before each run, which fails if it throws.
  public init(
    _ inner: any Device, change: (inout DeviceInformation) -> Void = { _ in },
    beforeRun: @escaping @Sendable () throws -> Void = {}
  ) {
    var information = inner.information
    change(&information)
    (self.information, self.inner, self.beforeRun) = (information, inner, beforeRun)
  }

  public var memoryUse: MemoryUse { inner.memoryUse }

  public func measuring() throws -> any Device { try inner.measuring() }

  public func sharingStepMemory<Result>(_ prepare: () throws -> Result) rethrows -> Result {
    try inner.sharingStepMemory(prepare)
  }

  public func run(_ operations: [any Operation]) throws {
    try beforeRun()
    try inner.run(operations)
  }

  public func finish() throws { try inner.finish() }

  public func write<Element: DeviceElement>(_ values: [Element], to tensor: Tensor) throws {
    try inner.write(values, to: tensor)
  }

  public func read<Element: DeviceElement>(
    _ tensor: Tensor, as type: Element.Type
  ) throws -> [Element] {
    try inner.read(tensor, as: type)
  }

  public func makeTensor(
    members: Int, shape: [Int], elementType: ElementType, lifetime: TensorLifetime
  ) throws -> Tensor {
    try inner.makeTensor(
      members: members, shape: shape, elementType: elementType, lifetime: lifetime)
  }

  public func makeActivation(
    members: Int, shape: [Int], elementType: ElementType, lifetime: TensorLifetime
  ) throws -> Tensor {
    try inner.makeActivation(
      members: members, shape: shape, elementType: elementType, lifetime: lifetime)
  }
}
