import Benchmark
import Foundation
import Toposheet

/// One suite for each training step, and one for inference: both of the paper's networks, each
/// condition, populations of one and of eight, on the device that TOPOSHEET_DEVICE names.
let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .init(
    metrics: [.wallClock, .cpuTotal, .peakMemoryResident, imagesPerSecond],
    warmupIterations: 3, maxDuration: .seconds(3))
  do {
    let name = ProcessInfo.processInfo.environment["TOPOSHEET_DEVICE"] ?? "cpu"
    let device = try DeviceChoice(name).open()
    for network in [try Architecture.mnist(), try Architecture.cifar10()] {
      for members in [1, 8] {
        for condition in TrainingCondition.all {
          register(
            "training: \(network.name), \(condition.name), population of \(members)",
            members * 64
          ) {
            let workload = try TrainingWorkload(
              network, condition: condition, members: members, batch: 64, device: device)
            return { try workload.run(1) }
          }
        }
        register("inference: \(network.name), population of \(members)", members * 256) {
          let workload = try InferenceWorkload(
            network, members: members, batch: 256, device: device)
          return { try workload.run(1) }
        }
      }
    }
  } catch {
    FileHandle.standardError.write(Data("benchmarks: \(error)\n".utf8))
    exit(1)
  }
}

private let imagesPerSecond = BenchmarkMetric.custom(
  "images/s", polarity: .prefersLarger, useScalingFactor: false)

private func register(
  _ name: String, _ images: Int, prepare: @escaping @Sendable () throws -> () throws -> Void
) {
  Benchmark(name) { benchmark, step in
    let start = ContinuousClock.now
    benchmark.startMeasurement()
    try step()
    benchmark.stopMeasurement()
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    benchmark.measurement(imagesPerSecond, Int(Double(images) / seconds))
  } setup: {
    try prepare()
  }
}
