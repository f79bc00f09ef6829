import Foundation
import TopoFoundation
import TopoTraining

/// A folder of event files, which TensorBoard reads while training runs: one for each network, in
/// `<condition>/seed-<n>/`, with losses, accuracies and measures by epoch, and maps of the sheet.
///
/// ```swift
/// let folder = TensorBoardFolder(URL(filePath: "runs/ws/tensorboard"))
/// run.watch = { try folder.add($0, maps: $1) }
/// ```
///
/// Values are those of the reports. The time of each event is when it was written, and later than
/// that of the event before.
public struct TensorBoardFolder: Sendable {
  /// Name of each network's file. TensorBoard reads files that are named like this.
  public static let file = "events.out.tfevents.1.toposheet"

  private let url: URL

  /// The event files in a folder, which is made when the first of them is written.
  public init(_ url: URL) { self.url = url }

  /// Adds epochs. Those that a network's file has already are left out, so that a study that
  /// continues may give all of its reports.
  /// - Parameters:
  ///   - reports: of any networks and epochs.
  ///   - maps: of the last of these epochs of each network.
  ///   - now: the time of the events.
  /// - Throws: `UserError` if a file cannot be written.
  public func add(
    _ reports: [EpochReport], maps: [Member: EpochMaps] = [:], now: Date = .now
  ) throws {
    let time = now.timeIntervalSince1970
    for (member, reports) in Dictionary(grouping: reports, by: \.member) {
      let folder = url.appending(path: member.path)
      do {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      } catch {
        throw UserError(folder, "cannot be made; make its folder one that you may write to")
      }
      let file = try EventFile(folder.appending(path: Self.file))
      let sorted = reports.sorted { $0.epoch < $1.epoch }
      let new = sorted.filter { $0.epoch > file.lastStep ?? 0 }
      let events = try new.map { report in
        let images = report.epoch == sorted.last?.epoch ? try maps[member].map(Self.images) : nil
        return (step: report.epoch, values: Self.scalars(report) + (images ?? []))
      }
      if !events.isEmpty { try file.append(events, time: time) }
    }
  }

  private static func scalars(
    _ report: EpochReport
  ) -> [(tag: String, value: EventFile.Value)] {
    var values: [(String, Double?)] = [
      ("loss/cross-entropy", report.crossEntropy),
      ("loss/validation-cross-entropy", report.validationCrossEntropy),
      ("loss/penalty", report.penalty),
      ("loss/weighted-penalty", report.member.condition.lambda * report.penalty),
      ("accuracy/training", report.trainingAccuracy),
      ("accuracy/validation", report.validationAccuracy),
    ]
    // Undefined values have no event.
    let measures = report.measures?.values ?? [:]
    values += measures.sorted { $0.key < $1.key }.map { ("sheet/\($0.key)", $0.value.number) }
    return values.compactMap { tag, value in
      value.map { (tag: tag, value: .scalar(Float($0))) }
    }
  }

  private static func images(
    _ maps: EpochMaps
  ) throws -> [(tag: String, value: EventFile.Value)] {
    let pictures = [
      ("maps/preferred-class", EpochPicture.preferredClass(maps)),
      ("maps/mean-activity", EpochPicture.meanActivity(maps)),
    ]
    return try pictures.compactMap { tag, picture in
      try picture.map { (tag: tag, value: try $0.value()) }
    }
  }
}
