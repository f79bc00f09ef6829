import Foundation
import Toposheet

/// Shows a suite as it goes: one line in place on a terminal, a plain line now and then elsewhere.
struct SuiteReport {
  private var status = StatusLine()
  private var told: ContinuousClock.Instant?

  mutating func show(_ event: SuiteRun.Event) {
    switch event {
    case .resumed(let done, let all):
      status.clear()
      Terminal.error("going on: \(done) of \(all) units are done")
    case .progress(let progress):
      let line = line(progress)
      guard !Terminal.isInteractive else {
        status.show(line)
        return
      }
      let now = ContinuousClock.now
      guard told.map({ now - $0 > .seconds(30) }) ?? true else { return }
      told = now
      Terminal.error(line)
    }
  }

  private func line(_ progress: SuiteRun.Progress) -> String {
    "\(progress.done) of \(progress.all) units  \(progress.unit)"
      + (progress.secondsLeft.map { "  \(Readable.duration($0)) left" } ?? "")
  }

  mutating func clear() { status.clear() }
}
