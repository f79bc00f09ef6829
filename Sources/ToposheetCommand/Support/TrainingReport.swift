import Foundation
import Toposheet

/// Shows a training run as it goes: one line in place on a terminal, a plain line per epoch
/// elsewhere.
struct TrainingReport {
  private var status = StatusLine()
  private let epochs: Int
  /// Of the last epoch, by pack: several devices' packs take turns here.
  private var validation: [Int: Double] = [:]
  /// Packs that are done, and those that failed.
  private var ended: Set<Int> = []
  private var secondsLeft = 0.0

  init(epochs: Int) { self.epochs = epochs }

  mutating func show(_ event: TrainingRun.Event) {
    note(event)
    switch event {
    case .divided(let packs, let largest, let bytes):
      plain(
        "training in \(packs) packs of at most \(largest) networks; all together would take "
          + Readable.bytes(bytes))
    case .repaired(let sentence): plain(sentence)
    case .resumed(let epoch, let pack):
      plain("\(name(pack))going on after epoch \(epoch) of \(epochs)")
    case .alreadyFinished: plain("all \(epochs) epochs are done already")
    case .progress(let progress, let pack):
      secondsLeft = progress.secondsLeft
      status.show(
        "\(name(pack))epoch \(progress.epoch)/\(epochs)  step \(progress.step)/\(progress.steps)  "
          + "\(Readable.count(progress.imagesPerSecond)) images/s  "
          + loss(progress.crossEntropy, progress.penalty)
          + accuracy(pack) + "  \(Readable.duration(progress.secondsLeft)) left")
    case .epoch(let epoch, let reports, let imagesPerSecond, let pack):
      plain(
        "\(name(pack))epoch \(epoch)/\(epochs)  \(Readable.count(imagesPerSecond)) images/s  "
          + loss(
            mean(reports.map(\.crossEntropy)),
            mean(reports.map { $0.member.condition.lambda * $0.penalty }))
          + accuracy(pack)
          + (isFinished(pack) ? "" : "  \(Readable.duration(secondsLeft)) left"))
    case .stopped(let member): plain(member.sentence)
    case .failed(let error, let pack):
      plain("\(name(pack))\(pack.device) failed and takes no more packs: \(error)")
    }
  }

  /// Keeps what later lines need.
  mutating func note(_ event: TrainingRun.Event) {
    switch event {
    case .epoch(let epoch, let reports, _, let pack):
      let accuracies = reports.compactMap(\.validationAccuracy)
      validation[pack.number] = accuracies.isEmpty ? nil : mean(accuracies)
      if epoch == epochs { ended.insert(pack.number) }
    case .failed(_, let pack): ended.insert(pack.number)
    default: break
    }
  }

  /// Whether no pack is left to train. Packs end in any order where there are several devices.
  func isFinished(_ pack: PackPosition) -> Bool { ended.count == pack.count }

  /// `  validation 98.10 %`; nothing before it is known.
  func accuracy(_ pack: PackPosition) -> String {
    validation[pack.number].map { "  validation \(Readable.percent($0))" } ?? ""
  }

  /// `pack 2/3  `; nothing where there is one.
  private func name(_ pack: PackPosition) -> String {
    pack.count > 1 ? "pack \(pack.number)/\(pack.count)  " : ""
  }

  private mutating func plain(_ line: String) {
    status.clear()
    Terminal.error(line)
  }

  private func loss(_ crossEntropy: Double, _ penalty: Double) -> String {
    "cross-entropy \(Readable.fixed(crossEntropy, 4)) + penalty \(Readable.fixed(penalty, 4))"
  }

  private func mean(_ values: [Double]) -> Double {
    values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
  }
}
