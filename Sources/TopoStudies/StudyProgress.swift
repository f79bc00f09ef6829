import Foundation
import TopoCompute
import TopoEvaluation
import TopoTraining

/// How far a study is: what `progress.json` holds. It is written last after each epoch, so the
/// checkpoints that it speaks of are whole.
public struct StudyProgress: Sendable, Codable {
  /// Epochs done.
  public var epoch = 0
  /// Whether the models are written.
  public var finished = false
  /// All reports, by epoch and then by member.
  public var reports: [EpochReport] = []
  /// Members that left training.
  public var stopped: [StoppedMember] = []

  static func url(_ folder: StudyFolder) -> URL { folder.url.appending(path: "progress.json") }

  /// Reads the progress of a study; none where nothing was done yet.
  static func read(_ folder: StudyFolder) throws -> StudyProgress {
    let url = url(folder)
    guard FileManager.default.fileExists(atPath: url.path) else { return StudyProgress() }
    do {
      return try StudyJSON.decode(StudyProgress.self, Data(try FileContents.read(url)))
    } catch let error as DecodingError {
      throw StudyError(
        "\(url.path): cannot be understood (\(StudyJSON.sentence(error))); delete the folder and "
          + "train again")
    }
  }

  func write(_ folder: StudyFolder) throws {
    try AtomicFile.write(csv, to: folder.url.appending(path: "training.csv"))
    try AtomicFile.write(try StudyJSON.encode(self), to: Self.url(folder))
  }

  /// The reports as a table: `training.csv`.
  private var csv: String {
    var lines = [
      "condition,penalty,metric,lambda,seed,epoch,cross_entropy,topographic_penalty,"
        + "weighted_penalty,training_accuracy,validation_cross_entropy,validation_accuracy"
    ]
    for report in reports {
      let condition = report.member.condition
      let none = condition.kind == .control
      let fields = [
        condition.label, condition.kind.rawValue, none ? "" : condition.metric.rawValue,
        none ? "" : "\(condition.lambda)", "\(report.member.seed)", "\(report.epoch)",
        "\(report.crossEntropy)", "\(report.penalty)", "\(condition.lambda * report.penalty)",
        "\(report.trainingAccuracy)", report.validationCrossEntropy.map { "\($0)" } ?? "",
        report.validationAccuracy.map { "\($0)" } ?? "",
      ]
      lines.append(fields.joined(separator: ","))
    }
    return lines.joined(separator: "\r\n") + "\r\n"
  }
}
