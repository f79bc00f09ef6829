import TopoCompute
import TopoSheets

/// The condition of a timed training step: `control`, `ws`, `as` (Euclidean), or with a metric,
/// `ws-cosine`. Lambda is 1; its value does not affect the time.
public struct TrainingCondition: Sendable, Hashable {
  /// The kind of penalty.
  public var kind: Penalty.Kind
  /// The metric of the penalty; Euclidean for `control`, which does not use it.
  public var metric: PenaltyMetric

  /// A condition. The default metric is Euclidean for `as` too, unlike in training, so that times
  /// can be compared with those of earlier versions.
  public init(_ kind: Penalty.Kind, metric: PenaltyMetric = .euclidean) {
    self.kind = kind
    self.metric = kind == .control ? .euclidean : metric
  }

  /// Control, WS and AS with the Euclidean metric.
  public static let all = Penalty.Kind.allCases.map { TrainingCondition($0) }

  /// No penalty.
  public static let control = TrainingCondition(.control)
  /// Weight similarity, Euclidean.
  public static let weightSimilarity = TrainingCondition(.weightSimilarity)

  /// The condition with a name; nil if the name is not valid.
  public init?(name: String) {
    let parts = name.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = parts.first, let kind = Penalty.Kind(rawValue: String(first)) else {
      return nil
    }
    guard parts.count == 2 else {
      self.init(kind)
      return
    }
    guard kind != .control, let metric = PenaltyMetric(rawValue: String(parts[1])) else {
      return nil
    }
    self.init(kind, metric: metric)
  }

  /// The name: `ws`, `ws-cosine`.
  public var name: String {
    metric == .euclidean ? kind.rawValue : "\(kind.rawValue)-\(metric.rawValue)"
  }

  /// The penalty.
  var penalty: Penalty {
    Penalty(kind: kind, metric: metric, lambda: kind == .control ? 0 : 1)
  }
}
