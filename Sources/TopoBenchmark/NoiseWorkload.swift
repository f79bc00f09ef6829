import TopoCompute
import TopoData
import TopoEvaluation
import TopoNetworks
import TopoPerturbations

/// An evaluation of networks under the three noises of the paper at one level each: noise,
/// inference, and all measures.
public final class NoiseWorkload {
  /// Number of networks: one for each condition of the paper.
  public static let members = 13
  /// Images per network and step, a third of them under each noise.
  public static let images = 3 * 256

  private let evaluation: ImageEvaluation

  /// Prepares networks and images.
  /// - Throws: `DeviceError`.
  public init(_ network: Architecture, device: any Device) throws {
    let set = ImageSet(madeUp: Self.images / 3, for: network)
    let models = (0..<Self.members).map {
      EvaluatedModel(
        penalty: .control, seed: UInt64($0), trainedOn: nil,
        network: Initialization.pytorchDefault(network, seed: UInt64($0)))
    }
    let noise = try NoiseSelection(
      noises: [Noise(.white), Noise(.pink), Noise(.saltAndPepper)], levels: [0.1], draws: 1)
    evaluation = ImageEvaluation(
      noise.sweeps,
      in: try EvaluationContext(
        models: models, images: set, dataset: "made up", normalization: Normalization(of: set)),
      on: device)
  }

  /// Evaluates all networks under all noises a number of times.
  /// - Throws: `DeviceError`.
  public func run(_ steps: Int) throws {
    // All tasks except the first, which are the clean images.
    let noises = Array(evaluation.tasks.indices.dropFirst())
    for _ in 0..<steps { try evaluation.measure(noises) { _, _ in } }
  }
}
