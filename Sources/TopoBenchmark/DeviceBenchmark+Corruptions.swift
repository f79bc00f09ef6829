import TopoData
import TopoFoundation
import TopoNetworks
import TopoPerturbations
import TopoReports

/// The time of a corruption on the CPU, at its slowest severity.
public struct CorruptionTiming: Sendable, Codable {
  /// The network whose images were corrupted.
  public var architecture: String
  /// The name of the corruption.
  public var corruption: String
  /// The slowest severity.
  public var severity: Double
  /// Seconds for 10,000 images.
  public var seconds: Double
  /// Seconds for a forward pass of one member on 10,000 images, on the device.
  public var forwardSeconds: Double
}

extension DeviceBenchmark {
  func measureCorruptions(_ network: Architecture, _ report: inout BenchmarkReport) throws {
    guard configuration.parts.contains(.corruptions) else { return }
    progress("\(network.name): inference of 1")
    let batch = configuration.inferenceBatch
    let workload = try InferenceWorkload(network, members: 1, batch: batch, device: device)
    let forward = try Rounds(seconds: configuration.seconds) { try workload.run($0) }
    let corruption = try CorruptionWorkload(network, images: batch)
    for kind in corruption.corruptions {
      progress("\(network.name): \(kind.label)")
      var slowest = (severity: 0.0, seconds: 0.0)
      for severity in kind.severities {
        let rounds = try Rounds(seconds: configuration.seconds / 10) {
          try corruption.run($0, kind, severity: severity)
        }
        if rounds.median > slowest.seconds { slowest = (severity, rounds.median) }
      }
      let timing = CorruptionTiming(
        architecture: network.name, corruption: kind.label, severity: slowest.severity,
        seconds: slowest.seconds / Double(batch) * 10_000,
        forwardSeconds: forward.median / Double(batch) * 10_000)
      report.corruptions = (report.corruptions ?? []) + [timing]
    }
  }
}

/// Perturbations of random images of a network's shape, on all CPU cores. Frost is left out,
/// because it needs photographs.
public final class CorruptionWorkload {
  /// Noises, and the corruptions of CIFAR-10-C for color images or of MNIST-C for gray ones.
  public let corruptions: [any ImagePerturbation]
  private let shape: ImageShape
  private let images: [UInt8]
  private var output: [Float]

  /// Prepares a number of images.
  public init(_ network: Architecture, images count: Int) throws {
    shape = network.input
    images = ImageSet(madeUp: count, for: network).images
    output = [Float](repeating: 0, count: images.count)
    let others: Corruption.Family? = network.input.channels == 1 ? .common : nil
    corruptions = PerturbationCatalog().images(for: network.input).filter {
      others == nil || PerturbationCatalog.family($0.label) != others?.rawValue
    }
  }

  /// Corrupts all images a number of times.
  /// - Throws: `UserError` for a severity that the corruption does not have.
  public func run(_ times: Int, _ corruption: any ImagePerturbation, severity: Double) throws {
    for draw in 0..<times {
      try images.withUnsafeBufferPointer { images in
        try output.withUnsafeMutableBufferPointer { output in
          try corruption.apply(
            to: images, shape: shape, range: 0..<images.count / shape.count, severity: severity,
            draw: draw, seed: 0, threads: nil, output: output)
        }
      }
    }
  }
}

extension BenchmarkReport {
  /// A table with a row for each corruption.
  public var corruptionTable: TextTable {
    var table = TextTable([
      .init("network", .left), .init("corruption", .left), .init("slowest severity", .right),
      .init("10,000 images", .right), .init("forward pass", .right), .init("%", .right),
    ])
    for timing in corruptions ?? [] {
      table.append([
        timing.architecture, timing.corruption, Severities.text(timing.severity),
        Self.time(timing.seconds), Self.time(timing.forwardSeconds),
        Self.percent(timing.seconds / timing.forwardSeconds),
      ])
    }
    table.notes = ["Corruptions run on all CPU cores; the forward pass is that of one member."]
    return table
  }
}
