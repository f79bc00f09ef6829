import Benchmark
import Foundation
import Toposheet

/// One suite for each operation family: every size that the paper's networks ask for, with
/// populations of one and of eight, on the device that TOPOSHEET_DEVICE names (cpu by default).
let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .init(
    metrics: [.wallClock, .cpuTotal, megaflops, megabytes], maxDuration: .seconds(1))
  do {
    let name = ProcessInfo.processInfo.environment["TOPOSHEET_DEVICE"] ?? "cpu"
    let device = try DeviceChoice(name).open()
    for network in [try Architecture.mnist(), try Architecture.cifar10()] {
      for members in [1, 8] {
        for operationCase in network.operationCases(batch: 64, members: members) {
          register(operationCase, of: network, on: device)
        }
      }
    }
  } catch {
    FileHandle.standardError.write(Data("benchmarks: \(error)\n".utf8))
    exit(1)
  }
}

private let megaflops = BenchmarkMetric.custom(
  "MFLOP/s", polarity: .prefersLarger, useScalingFactor: false)
private let megabytes = BenchmarkMetric.custom(
  "MB/s", polarity: .prefersLarger, useScalingFactor: false)

private func register(
  _ operationCase: OperationCase, of network: Architecture, on device: any Device
) {
  let name = "\(operationCase.operation.rawValue): \(network.name), \(operationCase.name)"
  Benchmark(name) { benchmark, operations in
    let start = ContinuousClock.now
    benchmark.startMeasurement()
    try device.run(operations)
    try device.finish()
    benchmark.stopMeasurement()
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    // Whole numbers are all that a custom metric takes.
    if operationCase.flops > 0 {
      benchmark.measurement(megaflops, Int(Double(operationCase.flops) / seconds * 1e-6))
    }
    benchmark.measurement(megabytes, Int(Double(operationCase.bytes) / seconds * 1e-6))
  } setup: {
    try operationCase.prepared(on: device)
  }
}
