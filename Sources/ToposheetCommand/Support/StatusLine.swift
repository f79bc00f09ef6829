import Foundation
import Toposheet

/// A line of progress. If it does not fit, the least important parts are left out.
struct StatusText {
  /// A part and its rank; 0 is the most important.
  struct Part {
    var text: String
    var rank: Int
  }

  /// In the order in which they are shown.
  var parts: [Part] = []

  /// Adds a part, unless the text is empty.
  mutating func add(_ text: String, rank: Int) {
    if !text.isEmpty { parts.append(Part(text: text, rank: rank)) }
  }

  /// All parts.
  var text: String { parts.map(\.text).joined(separator: "  ") }

  /// The parts that fit into a number of columns.
  func fitted(_ columns: Int) -> String {
    var kept = self
    while kept.text.count > columns, kept.parts.count > 1,
      let least = kept.parts.indices.max(by: { kept.parts[$0].rank < kept.parts[$1].rank })
    {
      kept.parts.remove(at: least)
    }
    return String(kept.text.prefix(max(columns, 0)))
  }
}

/// A line that is rewritten in place on a terminal; otherwise it is written at intervals.
struct StatusLine {
  private let began = ContinuousClock.now

  /// Shows a text.
  mutating func show(_ text: String) {
    LiveDisplay.shared.show(file: text) { columns, _ in [String(text.prefix(columns))] }
  }

  /// Shows the work, its progress and the remaining time.
  /// - Parameters:
  ///   - what: the name of the work.
  ///   - unit: what is counted; nil for a percentage.
  ///   - since: when the work began; nil for the creation of this value.
  mutating func show(
    _ what: String, done: Int, of all: Int, _ unit: String? = nil,
    since: ContinuousClock.Instant? = nil
  ) {
    var text = StatusText()
    let soFar = unit.map { "\(done) of \(all.counted($0))" } ?? "\(100 * done / max(all, 1)) %"
    text.add("\(what): \(soFar)", rank: 1)
    if done > 0, done < all {
      let elapsed = (ContinuousClock.now - (since ?? began)).seconds
      let left = elapsed * Double(all - done) / Double(done)
      text.add("\(Readable.duration(left)) left", rank: 0)
    }
    show(text)
  }

  /// Shows the parts that fit.
  mutating func show(_ text: StatusText) {
    LiveDisplay.shared.show(file: text.text) { columns, _ in [text.fitted(columns)] }
  }

  /// Removes the line.
  mutating func clear() { LiveDisplay.shared.clear() }
}
