extension Device {
  /// The memory of this device that what `prepare` makes would take, without taking any.
  /// - Parameter prepare: makes tensors and operations on the device that it is given, which only
  ///   counts, and returns all of them that are to be counted.
  /// - Throws: what `prepare` throws, such as `DeviceError` for operations that the device does not
  ///   have.
  public func memoryUse<Prepared>(
    of prepare: (any Device) throws -> Prepared
  ) throws -> MemoryUse {
    let counting = try measuring()
    let prepared = try prepare(counting)
    return withExtendedLifetime(prepared) { counting.memoryUse }
  }
}
