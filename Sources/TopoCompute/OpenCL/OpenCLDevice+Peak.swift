import COpenCL

extension OpenCLDevice: PeakMeasuring {
  /// `PeakMeasuring.measurePeak`: the fastest of several widths and numbers of chains, as devices
  /// differ in how much a work-item must have in flight.
  public func measurePeak() throws -> DevicePeak {
    var flops = 0.0
    for (vector, chains) in [(1, 8), (4, 4), (4, 8), (8, 8), (8, 12)] {
      flops = max(flops, try multiplyAdds(vector: vector, chains: chains))
    }
    return DevicePeak(flopsPerSecond: flops, bytesPerSecond: try triad())
  }

  private func multiplyAdds(vector: Int, chains: Int) throws -> Double {
    let (rounds, group) = (1024, context.quirks.pointwiseGroup)
    // Several waves of groups on every compute unit of a GPU.
    let items = max(information.computeUnits, 1) * (information.isAccelerator ? 16 : 2) * group
    let result = try makeTensor(members: 1, shape: [items])
    let step = try launch(
      "multiply_add", of: .peak,
      ["LANES": .integer(vector), "CHAINS": .integer(chains), "ROUNDS": .integer(rounds)],
      [.tensor(result)], grid: (items, 1, 1), group: group)
    return Double(2 * items * vector * chains * rounds) / (try secondsPerRun(step))
  }

  private func triad() throws -> Double {
    // Larger than any cache, where the device has that much room.
    let limit = min(information.maximumAllocation, information.memory / 8)
    let count = max(min(information.isAccelerator ? 512 << 20 : 128 << 20, limit) / 16, 1024) * 4
    let tensors = try (0..<3).map { _ in try makeTensor(members: 1, shape: [count]) }
    let step = try launch(
      "triad", of: .peak, ["COUNT": .integer(count / 4)], tensors.map { .tensor($0) },
      grid: (count / 4, 1, 1), group: context.quirks.pointwiseGroup)
    return Double(3 * 4 * count) / (try secondsPerRun(step))
  }

  /// Seconds of a launch: the fastest of five times as many launches as fill a hundredth of a
  /// second.
  private func secondsPerRun(_ step: OpenCLStep) throws -> Double {
    let clock = ContinuousClock()
    func seconds(_ runs: Int) throws -> Double {
      try clock.seconds {
        for _ in 0..<runs { try step.enqueue(on: queue.pointer) }
        try finish()
      }
    }
    var runs = 1
    _ = try seconds(runs)
    while try seconds(runs) < 0.01 && runs < 1 << 16 { runs *= 2 }
    var fastest = Double.infinity
    for _ in 0..<5 { fastest = min(fastest, try seconds(runs)) }
    return fastest / Double(runs)
  }
}
