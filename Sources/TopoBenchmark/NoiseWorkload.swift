import TopoCompute
import TopoData
import TopoEvaluation
import TopoNetworks
import TopoPerturbations

/// The paper's three noises, one level of each, as an evaluation shows them to networks side by side:
/// making the noise, inference, and all measures.
public final class NoiseWorkload {
  /// Networks: as many as the paper's conditions.
  public static let members = 13
  /// Images that each network is shown in a step: a third under each noise.
  public static let images = 3 * 256

  private let evaluation: Evaluation
  private let models: [EvaluatedModel]
  private let device: any Device

  /// Makes up networks and images.
  /// - Throws: `DeviceError`.
  public init(_ network: Architecture, device: any Device) throws {
    let set = ImageSet(madeUp: Self.images / 3, for: network)
    var evaluation = Evaluation(
      images: set, dataset: "made up", normalization: Normalization(of: set),
      noise: try NoiseSelection(
        noises: [Noise(.white), Noise(.pink), Noise(.saltAndPepper)], levels: [0.1], draws: 1))
    evaluation.includesClean = false
    self.evaluation = evaluation
    models = (0..<Self.members).map {
      EvaluatedModel(
        penalty: .control, seed: UInt64($0), trainedOn: nil,
        network: Initialization.pytorchDefault(network, seed: UInt64($0)))
    }
    self.device = device
  }

  /// Evaluates all networks under all noises so many times.
  /// - Throws: `DeviceError`.
  public func run(_ steps: Int) throws {
    for _ in 0..<steps { _ = try evaluation.run(models, device: device) }
  }
}
