import TopoCompute
import TopoData
import TopoEvaluation
import TopoNetworks

/// Copies of networks with noise on the weights of the sheet, as an evaluation shows them made-up
/// images: drawing the noise, the layers from the sheet on, and all measures of classification.
public final class WeightWorkload {
  /// Copies on the device together: of `models` networks, as many draws of each.
  public static let copies = 250
  /// Networks.
  static let models = 5
  /// Images that each copy is shown.
  public static let images = 1024

  private let evaluation: WeightEvaluation
  private let task: WeightTask

  /// Prepares the copies, and computes what they have in common.
  /// - Throws: `DeviceError`.
  public init(_ network: Architecture, device: any Device) throws {
    let set = ImageSet(madeUp: Self.images, for: network)
    let perturbation = WeightPerturbation(.additiveRelative)
    let models = (0..<Self.models).map {
      EvaluatedModel(
        penalty: .control, seed: UInt64($0), trainedOn: nil,
        network: Initialization.pytorchDefault(network, seed: UInt64($0)))
    }
    evaluation = try WeightEvaluation(
      try WeightPart(perturbations: [perturbation], draws: Self.copies / Self.models),
      in: try EvaluationContext(
        models: models, images: set, dataset: "made up", normalization: Normalization(of: set)),
      on: device)
    task = WeightTask(perturbation: perturbation, severity: 0.5)
    try evaluation.prepare()
  }

  /// Evaluates all copies so many times.
  /// - Throws: `DeviceError`.
  public func run(_ steps: Int) throws {
    for _ in 0..<steps { _ = try evaluation.outcomes(of: task) }
  }
}
