import TopoCompute
import TopoSheets

/// The condition of a timed training step: `control`, `ws`, `as` (Euclidean), or with a metric,
/// `ws-cosine`. Lambda is 1: it costs nothing.
public struct TrainingCondition: Sendable, Hashable {
  /// What is compared.
  public var kind: Penalty.Kind
  /// How.
  public var metric: PenaltyMetric

  /// A condition; the metric says nothing about control. It is Euclidean by default for AS too,
  /// unlike that of a network to be trained, so that times compare with earlier ones.
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

  /// The condition of a name; nil where there is none.
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

  /// `ws`, `ws-cosine`.
  public var name: String {
    metric == .euclidean ? kind.rawValue : "\(kind.rawValue)-\(metric.rawValue)"
  }

  /// The penalty.
  var penalty: Penalty {
    Penalty(kind: kind, metric: metric, lambda: kind == .control ? 0 : 1)
  }
}
