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
/// evaluation. Defaults are the paper's.
public struct Plan: Sendable, Hashable {
  /// What the study is called.
  public var name: String
  /// A data set's name or folder.
  public var data: String
  /// The first so many images of the training files; nil for all.
  public var subset: Int?
  /// A preset's name.
  public var architecture: String
  /// The sheet of the topographic layer.
  public var sheet = Sheet(rows: 11, columns: 11)
  /// Conditions, each once.
  public var conditions: [Penalty]
  /// Seeds of each condition.
  public var seeds: SeedList
  /// Epochs.
  public var epochs: Int
  /// Images per member and step.
  public var batch = 64
  /// Learning rate.
  public var learningRate: Float = 1e-3
  /// Optimiser.
  public var rule = OptimizerRule.adam()
  /// What to evaluate after training.
  public var evaluation: SuiteDescription

  /// A study.
  public init(
    name: String, data: String, subset: Int? = nil, architecture: String, conditions: [Penalty],
    seeds: SeedList, epochs: Int, evaluation: SuiteDescription = .clean
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

  /// All members: by condition, then by seed.
  public var members: [Member] {
    conditions.flatMap { condition in
      seeds.seeds.map { Member(condition: condition, seed: $0) }
    }
  }

  /// The training of this plan on loaded data.
  /// - Throws: `UserError`.
  public func trainingRun(_ dataset: Dataset) throws -> TrainingRun {
    let training = try subset.map { try dataset.training.subset($0) } ?? dataset.training
    var run = TrainingRun(
      configuration: TrainingConfiguration(
        architecture: try Architecture.preset(
          architecture, input: dataset.shape, sheet: sheet, classes: dataset.classes),
        dataset: dataset.name, batch: batch, epochs: epochs, rule: rule,
        learningRate: learningRate),
      members: members, training: training, normalization: dataset.normalization,
      classNames: dataset.classNames)
    run.dataChecksum = dataset.training.checksum
    return run
  }
}
