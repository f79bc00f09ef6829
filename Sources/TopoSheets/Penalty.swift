import TopoCompute
import TopoFoundation

/// A condition of a study: the topographic term of a network's objective, with its metric and
/// lambda.
///
///     let control = Penalty.control
///     let ws = Penalty.weightSimilarity(lambda: 1)
///     let conditions = [control, ws] + [0.3, 1].map { Penalty.activationSimilarity(lambda: $0) }
///     print(conditions.map(\.label))
///     // ["control", "ws-euclidean-1", "as-correlation-0.3", "as-correlation-1"]
///
/// The total objective is `cross-entropy + lambda * L(M)`, where `L` is the mean dissimilarity of
/// neighboring rows of a matrix `M` with one row per unit: the incoming weights `[units, in]` for
/// weight similarity (WS), the responses to the batch, transposed, `[units, batch]` for activation
/// similarity (AS).
public struct Penalty: Sendable, Hashable, Codable {
  /// What is made similar between neighbors.
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    /// Nothing: there is no penalty.
    case control
    /// Incoming weights.
    case weightSimilarity = "ws"
    /// Responses to the images of a batch.
    case activationSimilarity = "as"

    /// The metric that a penalty of this kind has if none is named, as in Figure 1 of the first
    /// version of arXiv 2508.00043: correlation for AS, Euclidean distance for WS.
    public var defaultMetric: PenaltyMetric {
      switch self {
      case .control, .weightSimilarity: .euclidean
      case .activationSimilarity: .correlation
      }
    }
  }

  /// Which activations AS compares.
  public enum View: String, Sendable, Hashable, Codable, CaseIterable {
    /// Before ReLU.
    case preReLU = "pre-relu"
    /// After ReLU, before dropout.
    case postReLU = "post-relu"
  }

  /// How AS reads the activations `[batch, units]` as a matrix with one row per unit.
  public enum Layout: String, Sendable, Hashable, Codable, CaseIterable {
    /// Transposed: row `u` holds the responses of unit `u`.
    case unitMajor = "unit-major"
    /// Reinterpreted without transposing, `[batch * units]` as `[units, batch]`. This is a
    /// diagnostic for a trap in the published code: its `view(rows, columns, -1)` accepts
    /// activations silently, although then no true neighbors are compared.
    case legacyUntransposed = "untransposed"
  }

  /// How AS scales with the batch.
  public enum Scale: String, Sendable, Hashable, Codable, CaseIterable {
    /// No correction: the Euclidean metric grows as the square root of the batch.
    case sum
    /// Divided by the square root of the batch; Euclidean only.
    case rms
  }

  /// What is made similar.
  public var kind: Kind
  /// Dissimilarity of two rows. It means nothing for control.
  public var metric: PenaltyMetric
  /// Weight of the penalty in the objective. It means nothing for control.
  public var lambda: Double
  /// Activations that AS compares.
  public var view: View
  /// How AS reads them.
  public var layout: Layout
  /// How AS scales with the batch.
  public var scale: Scale
  /// Which units are neighbors.
  public var neighborhood: Neighborhood

  /// A condition from its parts; see `validate()`.
  /// - Parameter metric: nil means the kind's default.
  public init(
    kind: Kind, metric: PenaltyMetric? = nil, lambda: Double = 0, view: View = .preReLU,
    layout: Layout = .unitMajor, scale: Scale = .sum, neighborhood: Neighborhood = .init()
  ) {
    self.kind = kind
    self.metric = metric ?? kind.defaultMetric
    // -0 is 0, also in the label.
    self.lambda = lambda == 0 ? 0 : lambda
    self.view = view
    self.layout = layout
    self.scale = scale
    self.neighborhood = neighborhood
  }

  /// No penalty.
  public static let control = Penalty(kind: .control)

  /// Weight similarity, by default of Euclidean distances.
  public static func weightSimilarity(
    _ metric: PenaltyMetric? = nil, lambda: Double, neighborhood: Neighborhood = .init()
  ) -> Penalty {
    Penalty(
      kind: .weightSimilarity, metric: metric, lambda: lambda, neighborhood: neighborhood)
  }

  /// Activation similarity, by default of correlations.
  public static func activationSimilarity(
    _ metric: PenaltyMetric? = nil, lambda: Double, view: View = .preReLU,
    layout: Layout = .unitMajor, scale: Scale = .sum, neighborhood: Neighborhood = .init()
  ) -> Penalty {
    Penalty(
      kind: .activationSimilarity, metric: metric, lambda: lambda, view: view, layout: layout,
      scale: scale, neighborhood: neighborhood)
  }
}

extension Penalty {
  /// Checks that the parts make sense together.
  /// - Throws: `UserError` when lambda is negative or not finite, or an option is set that the
  ///   kind or the metric does not have.
  public func validate() throws {
    guard lambda.isFinite, lambda >= 0 else {
      throw UserError("lambda is \(lambda), but it must be a finite number of at least 0")
    }
    // The device holds lambda as float32.
    guard Float(lambda).isFinite else {
      throw UserError(
        "lambda is \(lambda), but it must be at most \(Float.greatestFiniteMagnitude)")
    }
    if kind != .activationSimilarity {
      guard view == .preReLU, layout == .unitMajor, scale == .sum else {
        throw UserError(
          "the penalty \(kind.rawValue) has no view, layout or scale: these belong to as only")
      }
    }
    guard scale == .sum || metric == .euclidean else {
      throw UserError(
        "the scale rms belongs to the Euclidean metric only: \(metric.rawValue) does not grow "
          + "with the batch, so use the scale sum, or the metric euclidean")
    }
  }
}
