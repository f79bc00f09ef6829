import Foundation
import Synchronization

/// Progress: on a terminal, lines that are rewritten in place; otherwise, a new line after each
/// interval without one.
final class LiveDisplay: Sendable {
  /// The display on standard error, with an interval of 30 seconds.
  static let shared: LiveDisplay = {
    let write: @Sendable (String) -> Void = { _ = Terminal.write($0, to: STDERR_FILENO) }
    guard Terminal.isInteractive else {
      return LiveDisplay(size: nil, interval: .seconds(30), write: write)
    }
    return LiveDisplay(
      size: { Terminal.size(STDERR_FILENO) }, interval: .seconds(30), write: write)
  }()

  private struct State {
    /// Number of lines on the screen. The cursor is in the last one.
    var shown = 0
    /// Columns of the terminal when they were written.
    var width = 0
    /// The line to write next without a terminal; nil if there is none.
    var latest: String?
    /// When the last line was written without a terminal.
    var written = ContinuousClock.now
    var isTicking = false
  }

  private let state = Mutex(State())
  /// Columns and rows of the terminal; nil without a terminal.
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

  /// Replaces the lines on the terminal; without one, `line` is written after the interval.
  /// - Parameters:
  ///   - line: the line for output that is not a terminal.
  ///   - lines: makes the lines for a number of columns and rows.
  func show(file line: String, lines: (_ columns: Int, _ rows: Int) -> [String]) {
    guard let (columns, rows) = size?() else { return state.withLock { keep(line, &$0) } }
    // The last column is not used: terminals differ in where the cursor goes after it.
    let lines = lines(columns - 1, rows - 1)
    state.withLock { state in
      var text = ""
      if state.shown > 0 {
        // After a change of width, the number of rows of the old lines is not known.
        text = state.width == columns ? back(state.shown) : "\n"
      }
      text += lines.map { $0 + "\u{1B}[K" }.joined(separator: "\n") + "\u{1B}[J"
      (state.shown, state.width) = (max(lines.count, 1), columns)
      write(text)
    }
  }

  /// Removes the lines from the terminal, to print another line; the next `show` restores them.
  func makeRoom() {
    state.withLock { state in
      guard state.shown > 0 else { return }
      write(back(state.shown) + "\u{1B}[J")
      state.shown = 0
    }
  }

  /// Called after another line was written: the interval begins anew.
  func noteLine() { state.withLock { $0.written = .now } }

  /// Ends the display: removes the lines, and writes no further ones.
  func clear() {
    makeRoom()
    state.withLock { $0.latest = nil }
  }

  /// The text that moves the cursor to the beginning of the lines.
  private func back(_ shown: Int) -> String { shown > 1 ? "\r\u{1B}[\(shown - 1)A" : "\r" }

  private func keep(_ line: String, _ state: inout State) {
    if state.latest == nil { state.written = .now }
    state.latest = line
    guard !state.isTicking else { return }
    state.isTicking = true
    tick()
  }

  /// Checks regularly whether the interval has passed, as `show` may be called less often.
  private func tick() {
    queue.asyncAfter(deadline: .now() + .milliseconds(Int(interval / .milliseconds(1)) / 30 + 1)) {
      [self] in
      let goesOn = state.withLock { state in
        if let latest = state.latest, ContinuousClock.now - state.written >= interval {
          write(latest + "\n")
          state.written = .now
        }
        state.isTicking = state.latest != nil
        return state.isTicking
      }
      if goesOn { tick() }
    }
  }
}
