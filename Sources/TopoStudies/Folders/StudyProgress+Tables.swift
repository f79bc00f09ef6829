import Foundation
import TopoAnalysis
import TopoEvaluation
import TopoFoundation
import TopoNetworks
import TopoTraining

/// The tables that follow from the reports of training.
extension StudyProgress {
  /// The name of the table of measures along training.
  static let measuresFile = "measures-by-epoch.csv"

  /// The columns that identify a network after an epoch, with its state.
  private static let networkColumns = ["dataset"] + NetworkIdentity.columns + ["state"]

  private static func fields(
    _ report: EpochReport, _ configuration: TrainingConfiguration
  ) -> [String] {
    let network = NetworkIdentity(
      report.member.condition, seed: report.member.seed, architecture: configuration.architecture,
      epoch: report.epoch)
    return [configuration.dataset] + network.fields + [(report.state ?? .unknown).rawValue]
  }

  /// Losses and accuracies: `training.csv`.
  func trainingTable(_ configuration: TrainingConfiguration) -> String {
    let columns =
      Self.networkColumns + [
        "cross-entropy", "topographic-penalty", "weighted-penalty", "training-accuracy",
        "validation-cross-entropy", "validation-accuracy",
      ]
    var lines = [CSV.line(columns)]
    for report in reports {
      let weighted = report.member.condition.lambda * report.penalty
      let fields =
        Self.fields(report, configuration) + [
          "\(report.crossEntropy)", "\(report.penalty)", "\(weighted)",
          "\(report.trainingAccuracy)", report.validationCrossEntropy.map { "\($0)" } ?? "",
          report.validationAccuracy.map { "\($0)" } ?? "",
        ]
      lines.append(CSV.line(fields))
    }
    return lines.joined()
  }

  /// Measures of sheets, a row for each value: `measures-by-epoch.csv`; nil if nothing was measured.
  func measuresTable(_ configuration: TrainingConfiguration) -> String? {
    guard reports.contains(where: { $0.measures != nil }) else { return nil }
    var text = CSV.line(Self.networkColumns + ["measure", "value", "reason"])
    // Reports have the same measures, with few exceptions.
    var (known, order) = (Set<String>(), [String]())
    for report in reports {
      guard let values = report.measures?.values else { continue }
      if values.count != known.count || !values.keys.allSatisfy(known.contains) {
        known = Set(values.keys)
        order = Self.inOrder(values.keys)
      }
      // A table has many rows of few networks, and is written after each epoch of a pack.
      let network = CSV.line(Self.fields(report, configuration)).dropLast()
      for name in order {
        guard let value = values[name] else { continue }
        text += network
        text += "," + CSV.line([name, value.number.map { "\($0)" } ?? "", value.reason ?? ""])
      }
    }
    return text
  }

  /// Measures in the order of results; those of other versions follow, by name.
  private static func inOrder(_ names: some Sequence<String>) -> [String] {
    names.sorted {
      (EpochMeasures.order[$0] ?? .max, $0) < (EpochMeasures.order[$1] ?? .max, $1)
    }
  }
}
