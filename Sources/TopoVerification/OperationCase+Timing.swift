import TopoCompute

extension OperationCase {
  /// Seconds that one run takes on a device, with all members; see `timing`.
  /// - Throws: what the device throws.
  public func secondsPerRun(on device: any Device, duration: Double = 1) throws -> Double {
    try timing(on: device, duration: duration).seconds
  }

  /// Seconds that one run takes on a device, with all members: the fastest of several rounds,
  /// each of as many runs as fill a tenth of `duration`, after one round to warm up. And what the
  /// device calls the operations.
  /// - Parameter duration: seconds to spend, about.
  /// - Throws: what the device throws.
  public func timing(
    on device: any Device, duration: Double = 1
  ) throws -> (seconds: Double, algorithms: [String]) {
    let operations = try prepared(on: device)
    let clock = ContinuousClock()
    func seconds(_ runs: Int) throws -> Double {
      let start = clock.now
      for _ in 0..<runs { try device.run(operations) }
      try device.finish()
      return (clock.now - start) / .seconds(1)
    }
    var runs = 1
    while try seconds(runs) < duration / 10 && runs < 1 << 20 { runs *= 2 }
    var fastest = Double.infinity
    for _ in 0..<5 { fastest = min(fastest, try seconds(runs)) }
    return (fastest / Double(runs), operations.map(\.name))
  }

  /// The case's operations, for all members, on tensors filled with its values.
  /// - Throws: what the device throws.
  public func prepared(on device: any Device) throws -> [any Operation] {
    let memory = try CaseMemory(
      self, on: device, members: Array(0..<members), guarded: false)
    try memory.fill(device, with: CaseValues(self), filler: .finite)
    return try prepare(device, memory.tensors)
  }
}
