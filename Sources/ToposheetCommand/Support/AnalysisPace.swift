import Foundation

/// The time that analyses still need: at first from their cost, then from the measured pace.
struct AnalysisPace {
  /// Multiply-accumulates of all analyses.
  let cost: Double
  /// Cores that compute.
  var cores = ProcessInfo.processInfo.activeProcessorCount

  /// Multiply-accumulates per second and core, before any are measured.
  private static let rate = 1e9

  /// The seconds until all is done.
  /// - Parameters:
  ///   - done: multiply-accumulates of finished analyses.
  ///   - elapsed: seconds that they took.
  func secondsLeft(done: Double, elapsed: Double) -> Double {
    let left = max(cost - done, 0)
    return done > 0 ? elapsed * left / done : left / (Self.rate * Double(max(cores, 1)))
  }

  /// The line that is shown while an analysis runs.
  /// - Parameter what: the analysis.
  func text(_ what: String, done: Double, elapsed: Double) -> StatusText {
    var text = StatusText()
    text.add("\(what): \(Int(100 * done / max(cost, 1))) %", rank: 1)
    text.add("about \(Self.rough(secondsLeft(done: done, elapsed: elapsed))) left", rank: 0)
    return text
  }

  /// A duration of which only the largest unit is known.
  static func rough(_ seconds: Double) -> String {
    let seconds = min(max(seconds, 1), 1e9)
    if seconds < 59.5 { return "\(Int(seconds.rounded())) s" }
    if seconds < 3570 { return "\(Int((seconds / 60).rounded())) min" }
    return "\(Int((seconds / 3600).rounded())) h"
  }
}
