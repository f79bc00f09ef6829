import TopoCompute
import TopoData
import TopoEvaluation
import TopoNetworks

/// An evaluation of copies of networks with noise on the weights of the sheet: noise, the layers
/// from the sheet on, and all measures of classification.
public final class WeightWorkload {
  /// Number of copies: the same number of draws of each network.
  public static let copies = 250
  /// Number of networks.
  static let models = 5
  /// Images per copy and step.
  public static let images = 1024

  private let evaluation: WeightEvaluation
  private let task: WeightTask

  /// Prepares networks and images, and computes the layers before the sheet.
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

  /// Evaluates all copies a number of times.
  /// - Throws: `DeviceError`.
  public func run(_ steps: Int) throws {
    for _ in 0..<steps { _ = try evaluation.outcomes(of: task) }
  }
}
