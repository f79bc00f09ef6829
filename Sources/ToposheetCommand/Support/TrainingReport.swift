import Foundation
import Toposheet

/// Shows the progress of training: a plain line per epoch and, on a terminal, a line for each
/// condition that is rewritten in place.
struct TrainingReport {
  private let epochs: Int
  private let announcement: String
  /// The packs in training. Several devices train packs at the same time.
  private(set) var live = TrainingBlock()
  /// Numbers of packs that are done or have failed.
  private var ended: Set<Int> = []
  private var secondsLeft = 0.0
  /// Networks that were dead after an earlier epoch.
  private var dead: Set<Member> = []

  /// - Parameter announcement: the line to print when the training begins.
  init(epochs: Int, announcement: String = "") {
    (self.epochs, self.announcement) = (epochs, announcement)
  }

  mutating func show(_ event: TrainingRun.Event) {
    note(event)
    switch event {
    case .started:
      if !announcement.isEmpty { Terminal.error(announcement) }
      Interruption.sayHowToContinue(after: "before an epoch was done")
      Interruption.postpone()
      // The first step may take a while: the device may have to build kernels.
      LiveDisplay.shared.show(file: "preparing") { _, _ in ["preparing"] }
    case .divided(let packs, let largest, let bytes, let places):
      Terminal.error(Self.division(packs, largest: largest, bytes: bytes, places: places))
    case .gathered(let sentence), .repaired(let sentence), .grown(let sentence),
      .leftOut(let sentence):
      Terminal.error(sentence)
    case .resumed(let epoch, let step, let pack):
      Terminal.error(
        "\(name(pack))continuing "
          + (step > 0
            ? "in epoch \(epoch + 1) of \(epochs) after step \(step)"
            : "after epoch \(epoch) of \(epochs)"))
      if epoch > 0 { Interruption.sayHowToContinue(after: done(epoch, pack)) }
    case .alreadyFinished:
      Terminal.error(
        epochs == 1 ? "the epoch is done already" : "all \(epochs) epochs are done already")
      Interruption.sayHowToContinue(after: "after training")
    case .progress(let progress, let pack):
      let live = live
      LiveDisplay.shared.show(file: fileLine(progress, pack)) { live.lines($0, $1) }
    case .epoch(let epoch, let reports, let imagesPerSecond, let pack):
      let line = epochLine(epoch, reports, imagesPerSecond, pack)
      Terminal.error(Terminal.isInteractive ? line.fitted(Terminal.width - 1) : line.text)
      // Networks may recover from what they are after an early epoch.
      if epoch == epochs { for line in deadLines(reports) { alarm(line) } }
      Interruption.sayHowToContinue(after: isFinished(pack) ? "after training" : done(epoch, pack))
      if isFinished(pack) { LiveDisplay.shared.clear() }
    case .stopped(let member): alarm(member.sentence)
    case .failed(let error, let pack, let isContinued):
      alarm(
        "\(name(pack))\(pack.device) failed and takes no more packs"
          + (isContinued ? "; another device continues this one" : "") + ": \(error)")
    }
  }

  /// Keeps what later lines need from an event.
  mutating func note(_ event: TrainingRun.Event) {
    switch event {
    case .progress(let progress, let pack):
      secondsLeft = progress.secondsLeft
      live.note(progress, of: pack)
    case .epoch(let epoch, let reports, _, let pack):
      live.note(epoch, reports)
      if epoch == epochs { end(pack) }
    case .failed(_, let pack, let isContinued):
      if isContinued { live.remove(pack) } else { end(pack) }
    default: break
    }
  }

  private mutating func end(_ pack: PackPosition) {
    ended.insert(pack.number)
    live.remove(pack)
  }

  /// Whether all packs have ended. With several devices, they end in any order.
  func isFinished(_ pack: PackPosition) -> Bool { ended.count == pack.count }

  // MARK: Lines

  /// The line about packs, with the reason for several of them.
  /// - Parameters:
  ///   - packs: their number.
  ///   - largest: the networks of the largest one.
  ///   - bytes: what all networks would take together.
  ///   - places: the number of different epochs and steps after which networks continue.
  static func division(_ packs: Int, largest: Int, bytes: Int, places: Int) -> String {
    let reason =
      places == 1
      ? "all together would take \(Readable.bytes(bytes))"
      : "networks that continue after different epochs or steps train apart"
        + (packs > places ? ", and so do those that do not fit together" : "")
    return "training in \(packs) packs of at most \(largest.counted("network")); \(reason)"
  }

  /// The line without a terminal: the progress, and the figures of this epoch so far.
  func fileLine(_ progress: TrainingProgress, _ pack: PackPosition) -> String {
    var text = TrainingBlock.head(progress, pack)
    text.add(
      TrainingFigures(
        progress.members.map {
          .init(
            condition: $0.member.condition.label, crossEntropy: $0.crossEntropy,
            penalty: $0.penalty)
        }
      ).text, rank: 3)
    return text.text
  }

  /// Lines about dead networks; none if an epoch found no further ones.
  mutating func deadLines(_ reports: [EpochReport]) -> [String] {
    let now = reports.filter { $0.state?.isDead == true }.map(\.member)
    guard !dead.isSuperset(of: now) else { return [] }
    dead.formUnion(now)
    return DeadNetworks.lines(reports).map { "note: \($0)" }
  }

  /// The line of an epoch that is done.
  func epochLine(
    _ epoch: Int, _ reports: [EpochReport], _ imagesPerSecond: Double, _ pack: PackPosition
  ) -> StatusText {
    var text = StatusText()
    text.add(name(pack).trimmingCharacters(in: .whitespaces), rank: 2)
    text.add("epoch \(epoch)/\(epochs)", rank: 0)
    if !isFinished(pack) { text.add("\(Readable.duration(secondsLeft)) left", rank: 1) }
    text.add("\(Readable.count(imagesPerSecond)) images/s", rank: 5)
    let figures = TrainingFigures(
      reports.map {
        .init(
          condition: $0.member.condition.label, crossEntropy: $0.crossEntropy,
          penalty: $0.member.condition.lambda * $0.penalty, validation: $0.validationAccuracy,
          moransI: $0.measures?.moransI?.number)
      })
    text.add(figures.text, rank: 4)
    text.add(figures.validation, rank: 3)
    text.add(figures.moransI, rank: 6)
    return text
  }

  /// `pack 2/3  `; empty if there is only one pack.
  private func name(_ pack: PackPosition) -> String {
    pack.count > 1 ? "pack \(pack.number)/\(pack.count)  " : ""
  }

  private func done(_ epoch: Int, _ pack: PackPosition) -> String {
    "after epoch \(epoch) of \(epochs)"
      + (pack.count > 1 ? " of pack \(pack.number) of \(pack.count)" : "")
  }

  private func alarm(_ line: String) {
    Terminal.error(Style.wrong(line, colored: Style.isUsed(on: STDERR_FILENO)))
  }
}
