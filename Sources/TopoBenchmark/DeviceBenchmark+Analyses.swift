import TopoAnalysis
import TopoCompute
import TopoData
import TopoEvaluation
import TopoFoundation
import TopoNetworks
import TopoReports

/// The time of an analysis of one network.
public struct AnalysisTiming: Sendable, Codable {
  /// The network.
  public var architecture: String
  /// Name of the analysis.
  public var analysis: String
  /// Number of images.
  public var images: Int
  /// Seconds of the analysis; that of `tuning` includes its inference.
  public var seconds: Double
  /// Seconds for a forward pass of the network on these images, on the device.
  public var forwardSeconds: Double
}

extension DeviceBenchmark {
  func measureAnalyses(_ network: Architecture, _ report: inout BenchmarkReport) throws {
    guard configuration.parts.contains(.analyses) else { return }
    progress("\(network.name): inference of 1")
    let batch = configuration.inferenceBatch
    let workload = try InferenceWorkload(network, members: 1, batch: batch, device: device)
    let forward = try Rounds(seconds: configuration.seconds) { try workload.run($0) }
    for kind in AnalysisCatalog.kinds {
      progress("\(network.name): \(kind.name)")
      let workload = try AnalysisWorkload(
        network, kind.init(), images: configuration.analysisImages, device: device)
      let rounds = try Rounds(seconds: configuration.seconds) { try workload.run($0) }
      let timing = AnalysisTiming(
        architecture: network.name, analysis: kind.name, images: configuration.analysisImages,
        seconds: rounds.median,
        forwardSeconds: forward.median / Double(batch) * Double(configuration.analysisImages))
      report.analyses = (report.analyses ?? []) + [timing]
    }
  }
}

/// An analysis of one network with random weights on random images, on all CPU cores.
public final class AnalysisWorkload {
  private let evaluation: AnalysisEvaluation

  /// Prepares the responses of the network.
  /// - Throws: `DeviceError`.
  public init(
    _ network: Architecture, _ analysis: any Analysis, images: Int, device: any Device
  ) throws {
    let set = ImageSet(madeUp: images, for: network)
    let model = EvaluatedModel(
      penalty: .control, seed: 0, trainedOn: nil,
      network: Initialization.pytorchDefault(network, seed: 0))
    let context = try EvaluationContext(
      models: [model], images: set, dataset: "made-up", normalization: Normalization(of: set))
    evaluation = AnalysisEvaluation([analysis], in: context, on: device)
    // Inference on the images is not part of the analysis; its responses are kept.
    try run(1)
  }

  /// Runs the analysis a number of times.
  /// - Throws: what the analysis throws.
  public func run(_ times: Int) throws {
    for _ in 0..<times { try evaluation.measure([0]) { _, _ in } }
  }
}

extension BenchmarkReport {
  /// A table with a row for each analysis, and their sum.
  public var analysisTable: TextTable {
    var table = TextTable([
      .init("network", .left), .init("analysis", .left), .init("images", .right),
      .init("time", .right),
      .init("forward passes", .right),
    ])
    for architecture in architectures(of: analyses ?? []) {
      let timings = (analyses ?? []).filter { $0.architecture == architecture }
      for timing in timings {
        table.append([
          architecture, timing.analysis, "\(timing.images)", Self.time(timing.seconds),
          Self.passes(timing.seconds / timing.forwardSeconds),
        ])
      }
      let sum = timings.reduce(0) { $0 + $1.seconds }
      table.append([
        architecture, "all", "\(timings.first?.images ?? 0)", Self.time(sum),
        Self.passes(sum / (timings.first?.forwardSeconds ?? 1)),
      ])
    }
    table.notes = [
      "Analyses of one member on all CPU cores, in forward passes of it on the same images."
    ]
    return table
  }

  private func architectures(of timings: [AnalysisTiming]) -> [String] {
    var seen: Set<String> = []
    return timings.map(\.architecture).filter { seen.insert($0).inserted }
  }

  private static func passes(_ number: Double) -> String { "\((number * 100).rounded() / 100)" }
}
