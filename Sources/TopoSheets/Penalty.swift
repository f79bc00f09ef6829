import TopoCompute
import TopoFoundation

/// A condition of a study: the topographic loss term of a network, with its metric and strength.
///
/// The total objective is `cross-entropy + lambda * L(M)`, where `L` is the mean dissimilarity of
/// neighbouring rows of a matrix `M` with one row per unit: the incoming weights `[units, in]` for
/// weight similarity (WS), the responses to the batch, transposed, `[units, batch]` for activation
/// similarity (AS).
public struct Penalty: Sendable, Hashable, Codable {
  /// What is made similar between neighbours.
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    /// Nothing.
    case control
    /// Incoming weights.
    case weightSimilarity = "ws"
    /// Responses to the images of a batch.
    case activationSimilarity = "as"
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
    /// Reinterpreted without transposing, `[batch * units]` as `[units, batch]`: a diagnostic for
    /// a trap in the published code, whose `view(rows, columns, -1)` accepts activations silently
    /// although no pair of true neighbours is then coupled.
    case legacyUntransposed = "untransposed"
  }

  /// How AS scales with the batch.
  public enum Scale: String, Sendable, Hashable, Codable, CaseIterable {
    /// As the metric is: the Euclidean one grows as the square root of the batch.
    case sum
    /// Divided by the square root of the batch; Euclidean only.
    case rms
  }

  /// What is made similar.
  public var kind: Kind
  /// Dissimilarity of two rows; without meaning for control.
  public var metric: PenaltyMetric
  /// Strength; without meaning for control.
  public var lambda: Double
  /// Activations that AS compares.
  public var view: View
  /// How AS reads them.
  public var layout: Layout
  /// How AS scales with the batch.
  public var scale: Scale
  /// Which units are neighbours, and how pairs weigh in the mean.
  public var neighbourhood: Neighbourhood

  /// A condition from its parts; see `validate()`.
  public init(
    kind: Kind, metric: PenaltyMetric = .euclidean, lambda: Double = 0, view: View = .preReLU,
    layout: Layout = .unitMajor, scale: Scale = .sum, neighbourhood: Neighbourhood = .init()
  ) {
    self.kind = kind
    self.metric = metric
    // -0 is 0, also in the label.
    self.lambda = lambda == 0 ? 0 : lambda
    self.view = view
    self.layout = layout
    self.scale = scale
    self.neighbourhood = neighbourhood
  }

  /// No penalty.
  public static let control = Penalty(kind: .control)

  /// Weight similarity.
  public static func weightSimilarity(
    _ metric: PenaltyMetric = .euclidean, lambda: Double, neighbourhood: Neighbourhood = .init()
  ) -> Penalty {
    Penalty(
      kind: .weightSimilarity, metric: metric, lambda: lambda, neighbourhood: neighbourhood)
  }

  /// Activation similarity.
  public static func activationSimilarity(
    _ metric: PenaltyMetric = .euclidean, lambda: Double, view: View = .preReLU,
    layout: Layout = .unitMajor, scale: Scale = .sum, neighbourhood: Neighbourhood = .init()
  ) -> Penalty {
    Penalty(
      kind: .activationSimilarity, metric: metric, lambda: lambda, view: view, layout: layout,
      scale: scale, neighbourhood: neighbourhood)
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
    // Strengths are float32 on the device.
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
          + "with the batch, so use the scale sum")
    }
  }
}
