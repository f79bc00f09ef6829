import Foundation
import Toposheet

/// Shows the progress of a suite: one line in place on a terminal, otherwise plain lines at
/// intervals.
struct SuiteReport {
  /// Whether an interrupted run can be continued.
  var isResumable = true
  /// What the tasks are of, after their number: ` of epoch 5 (2 of 3)`.
  var scope = ""
  private var hasBegun = false
  /// Number of finished tasks in the last message for an interruption.
  private var reported: Int?

  init(isResumable: Bool = true, scope: String = "") {
    (self.isResumable, self.scope) = (isResumable, scope)
  }

  mutating func show(_ event: SuiteRun.Event) {
    switch event {
    case .resumed(let done, let all):
      Terminal.error(
        "continuing: \(done) of \(all.counted("task")) \(done == 1 ? "is" : "are") done")
    case .progress(let progress):
      if isResumable, reported != progress.done {
        reported = progress.done
        Interruption.sayHowToContinue(
          after: "after \(progress.done) of \(progress.all.counted("task"))\(scope)")
      }
      let text = text(progress)
      if !hasBegun, !Terminal.isInteractive { Terminal.error(text.text) }
      hasBegun = true
      LiveDisplay.shared.show(file: text.text) { columns, _ in [text.fitted(columns)] }
    }
  }

  func text(_ progress: Suite.Progress) -> StatusText {
    var text = StatusText()
    text.add("\(progress.done) of \(progress.all.counted("task"))", rank: 1)
    text.add(progress.task, rank: 2)
    text.add(progress.secondsLeft.map { "\(Readable.duration($0)) left" } ?? "", rank: 0)
    return text
  }

  mutating func clear() { LiveDisplay.shared.clear() }
}
