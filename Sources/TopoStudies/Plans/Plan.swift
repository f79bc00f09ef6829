import Foundation
import TopoCompute
import TopoData
import TopoEvaluation
import TopoFoundation
import TopoNetworks
import TopoPerturbations
import TopoSheets
import TopoTraining

/// A study as a file describes it: data, architecture, conditions, seeds, training protocol and
/// evaluation. Defaults are those of the paper.
///
/// ```swift
/// let plan = try Plan(contentsOf: URL(filePath: "Plans/demo.yaml"))
/// print(plan.name, plan.members.map(\.path))
/// let run = try plan.trainingRun(try Dataset.load(plan.data))
/// ```
public struct Plan: Sendable, Hashable {
  /// The study's name.
  public var name: String
  /// Name or folder of a data set.
  public var data: String
  /// Number of training images, the first of the files; nil for all.
  public var subset: Int?
  /// A ready architecture by name, or layers.
  public var architecture: ArchitecturePlan
  /// The sheet of the topographic layer.
  public var sheet = Sheet(rows: 11, columns: 11)
  /// Conditions, without duplicates.
  public var conditions: [Penalty]
  /// Seeds of each condition.
  public var seeds: SeedList
  /// Number of epochs.
  public var epochs: Int
  /// Images per member and step.
  public var batch = 64
  /// Step size of the optimizer.
  public var learningRate: Float = 1e-3
  /// The optimizer.
  public var rule = OptimizerRule.adam()
  /// Fraction of the training files' images that a network trains on; the others are for validation.
  public var trainingFraction = Self.trainingFraction
  /// How the products of convolutions are computed. The devices of a run must have been opened so.
  public var precision = Precision.float32
  /// What is measured of the sheets along training.
  public var alongTraining = AlongTraining()
  /// Epochs whose networks are kept beside the models, ascending.
  public var snapshots: [Int] = []
  /// What stays of training besides the models.
  public var keep = Keep.checkpoints
  /// Whether event files for TensorBoard are written along training, by whoever runs the plan:
  /// see `StudyRun.watch`.
  public var writesEvents = false

  /// What stays of training.
  public enum Keep: String, Sendable, CaseIterable {
    /// The state of the last epoch, too, from which further epochs could continue.
    case checkpoints
    /// The models only.
    case models
  }

  /// What the networks are evaluated under after training.
  public var evaluation: SuiteDescription

  /// The paper's fraction.
  static let trainingFraction = 0.8

  /// A study with the defaults for all other properties.
  public init(
    name: String, data: String, subset: Int? = nil, architecture: ArchitecturePlan,
    conditions: [Penalty], seeds: SeedList, epochs: Int, evaluation: SuiteDescription = .clean
  ) {
    self.name = name
    self.data = data
    self.subset = subset
    self.architecture = architecture
    self.conditions = conditions
    self.seeds = seeds
    self.epochs = epochs
    self.evaluation = evaluation
  }

  /// All members, ordered by condition, then by seed.
  public var members: [Member] {
    conditions.flatMap { condition in
      seeds.seeds.map { Member(condition: condition, seed: $0) }
    }
  }

  /// The training of this plan on loaded data.
  /// - Throws: `UserError` if the subset or the architecture does not fit the data.
  public func trainingRun(_ dataset: Dataset) throws -> TrainingRun {
    let training = try subset.map { try dataset.training.subset($0) } ?? dataset.training
    var run = TrainingRun(
      configuration: TrainingConfiguration(
        architecture: try architecture.architecture(
          input: dataset.shape, sheet: sheet, classes: dataset.classes),
        dataset: dataset.name, batch: batch, epochs: epochs, rule: rule,
        learningRate: learningRate, trainingFraction: trainingFraction),
      members: members, training: training, normalization: dataset.normalization,
      classNames: dataset.classNames)
    run.dataChecksum = dataset.training.checksum
    run.alongTraining = alongTraining
    run.probe = alongTraining.probe(dataset.test)
    run.snapshots = snapshots
    run.keepsCheckpoints = keep == .checkpoints
    return run
  }
}
