import Foundation
import TopoCompute
import TopoEvaluation
import TopoTraining

/// How far a study is: what `progress.json` holds. It is written last after each epoch of a pack,
/// so the checkpoints that it speaks of are whole.
///
/// It knows members, not packs: a study may go on in other packs than it began in.
public struct StudyProgress: Sendable, Codable {
  /// How far it is, in one line for people.
  public private(set) var state = ""
  /// Epochs done by each member, in the order of `study.json`.
  public private(set) var epochs: [Int]
  /// Whether all models are written.
  public private(set) var finished = false
  /// All reports, by epoch and then by member.
  public var reports: [EpochReport] = []
  /// Members that left training.
  public var stopped: [StoppedMember] = []

  /// A study of `members` networks that has not begun.
  init(members: Int) { epochs = Array(repeating: 0, count: members) }

  /// Epochs that every member has done.
  public var epoch: Int { epochs.min() ?? 0 }

  /// Takes in an epoch of a pack.
  /// - Parameters:
  ///   - pack: indices of its members among `members`.
  ///   - last: the epoch after which a member's model is written.
  mutating func add(
    _ epoch: Int, of pack: [Int], reports new: [EpochReport], stopped left: [StoppedMember],
    members: [Member], last: Int
  ) {
    for index in pack { epochs[index] = epoch }
    let places = Dictionary(uniqueKeysWithValues: zip(members, members.indices))
    // The order does not depend on the packs.
    reports = (reports + new).sorted {
      ($0.epoch, places[$0.member] ?? 0) < ($1.epoch, places[$1.member] ?? 0)
    }
    let known = Set(stopped.map(\.member))
    stopped = (stopped + left.filter { !known.contains($0.member) })
      .sorted { (places[$0.member] ?? 0) < (places[$1.member] ?? 0) }
    let done = epochs.count { $0 == last }
    finished = done == epochs.count
    let waiting = epochs.count { $0 == 0 }
    let begun = epochs.count - done - waiting
    func are(_ count: Int) -> String { count == 1 ? "is" : "are" }
    state =
      finished
      ? (epochs.count == 1 ? "the network is trained" : "all \(epochs.count) networks are trained")
      : "\(done) of \(epochs.count) networks \(are(done)) trained, "
        + "\(begun) \(are(begun)) in training, \(waiting) \(are(waiting)) waiting"
  }

  static func url(_ folder: StudyFolder) -> URL { folder.url.appending(path: "progress.json") }

  /// Reads the progress of a study; none where nothing was done yet.
  static func read(_ folder: StudyFolder, members: Int) throws -> StudyProgress {
    let url = url(folder)
    guard FileManager.default.fileExists(atPath: url.path) else {
      return StudyProgress(members: members)
    }
    do {
      let progress = try StudyJSON.decode(StudyProgress.self, Data(try FileContents.read(url)))
      guard progress.epochs.count == members else {
        throw StudyError(
          "\(url.path): is about \(progress.epochs.count) networks, not \(members); delete the "
            + "folder and train again")
      }
      return progress
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
