import Foundation
import Toposheet

/// Shows a suite as it goes: one line in place on a terminal, a plain line now and then elsewhere.
struct SuiteReport {
  private var hasBegun = false
  /// Units that were done when it was last said how to go on.
  private var told: Int?

  mutating func show(_ event: SuiteRun.Event) {
    switch event {
    case .resumed(let done, let all):
      Terminal.error("going on: \(done) of \(all.counted("unit")) \(done == 1 ? "is" : "are") done")
    case .progress(let progress):
      if told != progress.done {
        told = progress.done
        Interruption.sayHowToGoOn(
          after: "after \(progress.done) of \(progress.all.counted("unit"))")
      }
      let text = text(progress)
      if !hasBegun, !Terminal.isInteractive { Terminal.error(text.text) }
      hasBegun = true
      LiveDisplay.shared.show(file: text.text) { columns, _ in [text.fitted(columns)] }
    }
  }

  func text(_ progress: SuiteRun.Progress) -> StatusText {
    var text = StatusText()
    text.add("\(progress.done) of \(progress.all.counted("unit"))", rank: 1)
    text.add(progress.unit, rank: 2)
    text.add(progress.secondsLeft.map { "\(Readable.duration($0)) left" } ?? "", rank: 0)
    return text
  }

  mutating func clear() { LiveDisplay.shared.clear() }
}
