import Foundation
import Synchronization

/// Progress: on a terminal some lines that are rewritten in place; elsewhere a line now and then, so
/// that no more than half a minute goes by without one.
final class LiveDisplay: Sendable {
  /// That of standard error.
  static let shared: LiveDisplay = {
    let write: @Sendable (String) -> Void = { _ = Terminal.write($0, to: STDERR_FILENO) }
    guard Terminal.isInteractive else {
      return LiveDisplay(size: nil, interval: .seconds(30), write: write)
    }
    return LiveDisplay(
      size: { Terminal.size(STDERR_FILENO) }, interval: .seconds(30), write: write)
  }()

  private struct State {
    /// Lines that are on the screen, the cursor being in the last one; and their width then.
    var shown = 0
    var width = 0
    /// What to say where there is no terminal.
    var latest: String?
    var told = ContinuousClock.now
    var isTicking = false
  }

  private let state = Mutex(State())
  /// Columns and rows of the terminal; nil where there is none.
  private let size: (@Sendable () -> (columns: Int, rows: Int))?
  private let interval: Duration
  private let write: @Sendable (String) -> Void
  private let queue = DispatchQueue(label: "toposheet.progress")

  init(
    size: (@Sendable () -> (columns: Int, rows: Int))?, interval: Duration,
    write: @escaping @Sendable (String) -> Void
  ) {
    (self.size, self.interval, self.write) = (size, interval, write)
  }

  /// Shows lines in the place of the last ones; without a terminal the line for files, when it is
  /// time for one.
  /// - Parameter lines: for so many columns and rows.
  func show(file line: String, lines: (_ columns: Int, _ rows: Int) -> [String]) {
    guard let (columns, rows) = size?() else { return state.withLock { keep(line, &$0) } }
    // The last column stays free: terminals differ in what they do after it.
    let lines = lines(columns - 1, rows - 1)
    state.withLock { state in
      var text = ""
      if state.shown > 0 {
        // After a change of width nobody knows how many rows the old lines take.
        text = state.width == columns ? back(state.shown) : "\n"
      }
      text += lines.map { $0 + "\u{1B}[K" }.joined(separator: "\n") + "\u{1B}[J"
      (state.shown, state.width) = (max(lines.count, 1), columns)
      write(text)
    }
  }

  /// Makes room for a line: what is shown goes, until it is shown again.
  func makeRoom() {
    state.withLock { state in
      guard state.shown > 0 else { return }
      write(back(state.shown) + "\u{1B}[J")
      state.shown = 0
    }
  }

  /// A line was written: there is none to be written for a while.
  func noteLine() { state.withLock { $0.told = .now } }

  /// Removes what is shown; there is nothing more to tell.
  func clear() {
    makeRoom()
    state.withLock { $0.latest = nil }
  }

  /// To the beginning of the lines that are shown.
  private func back(_ shown: Int) -> String { shown > 1 ? "\r\u{1B}[\(shown - 1)A" : "\r" }

  private func keep(_ line: String, _ state: inout State) {
    if state.latest == nil { state.told = .now }
    state.latest = line
    guard !state.isTicking else { return }
    state.isTicking = true
    tick()
  }

  /// Looks now and then whether it is time for a line: work may take longer than that to tell.
  private func tick() {
    queue.asyncAfter(deadline: .now() + .milliseconds(Int(interval / .milliseconds(1)) / 30 + 1)) {
      [self] in
      let goesOn = state.withLock { state in
        if let latest = state.latest, ContinuousClock.now - state.told >= interval {
          write(latest + "\n")
          state.told = .now
        }
        state.isTicking = state.latest != nil
        return state.isTicking
      }
      if goesOn { tick() }
    }
  }
}
