import Foundation
import Toposheet

/// A line of progress. Where it does not fit, the parts go that matter least.
struct StatusText {
  /// A part, and how much it matters: 0 most.
  struct Part {
    var text: String
    var rank: Int
  }

  /// In the order in which they are shown.
  var parts: [Part] = []

  /// Adds a part; nothing where the text is empty.
  mutating func add(_ text: String, rank: Int) {
    if !text.isEmpty { parts.append(Part(text: text, rank: rank)) }
  }

  /// All parts.
  var text: String { parts.map(\.text).joined(separator: "  ") }

  /// The parts that fit into so many columns.
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

/// A line that is rewritten in place on a terminal; elsewhere it is written now and then.
struct StatusLine {
  private let began = ContinuousClock.now

  /// Shows what is at work.
  mutating func show(_ text: String) {
    LiveDisplay.shared.show(file: text) { columns, _ in [String(text.prefix(columns))] }
  }

  /// Shows what is at work, how far that is, and how long it will still take.
  /// - Parameters:
  ///   - unit: what is counted; nil for a percentage.
  ///   - since: when the work began; by default when this line did.
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

  /// Removes the line, so that another can stand in its place.
  mutating func clear() { LiveDisplay.shared.clear() }
}
