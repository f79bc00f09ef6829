import Benchmark
import Foundation
import Toposheet

/// One suite for each noise and corruption, at each severity, on made-up images of the paper's networks:
/// CIFAR-10-C's on color images, MNIST-C's on gray ones; on all cores.
let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .init(
    metrics: [.wallClock, .cpuTotal, imagesPerSecond], maxDuration: .seconds(1))
  do {
    for network in [try Architecture.mnist(), try Architecture.cifar10()] {
      for corruption in try CorruptionWorkload(network, images: 1).corruptions {
        for severity in corruption.severities { register(corruption, severity, network) }
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
  _ corruption: any ImagePerturbation, _ severity: Double, _ network: Architecture
) {
  let images = 512
  Benchmark("\(corruption.label), severity \(Severities.text(severity))") { benchmark, workload in
    let start = ContinuousClock.now
    benchmark.startMeasurement()
    try workload.run(1, corruption, severity: severity)
    benchmark.stopMeasurement()
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    benchmark.measurement(imagesPerSecond, Int(Double(images) / seconds))
  } setup: {
    try CorruptionWorkload(network, images: images)
  }
}
