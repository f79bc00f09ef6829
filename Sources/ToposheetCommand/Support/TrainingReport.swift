import Foundation
import Toposheet

/// Shows a training run as it goes: one line in place on a terminal, a plain line per epoch
/// elsewhere.
struct TrainingReport {
  private var status = StatusLine()
  private let epochs: Int
  private let members: Int
  private var validation: Double?
  private var secondsLeft = 0.0

  init(epochs: Int, members: Int) {
    self.epochs = epochs
    self.members = members
  }

  mutating func show(_ event: TrainingRun.Event) {
    switch event {
    case .resumed(let epoch): plain("going on after epoch \(epoch) of \(epochs)")
    case .alreadyFinished: plain("all \(epochs) epochs are done already")
    case .progress(let progress):
      secondsLeft = progress.secondsLeft
      status.show(
        "epoch \(progress.epoch)/\(epochs)  step \(progress.step)/\(progress.steps)  "
          + "\(Readable.count(progress.imagesPerSecond)) images/s  "
          + loss(progress.crossEntropy, progress.penalty)
          + (validation.map { "  validation \(Readable.percent($0))" } ?? "")
          + "  \(Readable.duration(progress.secondsLeft)) left")
    case .epoch(let epoch, let reports, let imagesPerSecond):
      let accuracies = reports.compactMap(\.validationAccuracy)
      validation = accuracies.isEmpty ? nil : mean(accuracies)
      plain(
        "epoch \(epoch)/\(epochs)  \(Readable.count(imagesPerSecond)) images/s  "
          + loss(
            mean(reports.map(\.crossEntropy)),
            mean(reports.map { $0.member.condition.lambda * $0.penalty }))
          + (validation.map { "  validation \(Readable.percent($0))" } ?? "")
          + (epoch < epochs ? "  \(Readable.duration(secondsLeft)) left" : ""))
    case .stopped(let member): plain(member.sentence)
    }
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
