/// What a measure is, for users: a row of `toposheet measures`.
public struct MeasureDescription: Sendable, Hashable {
  /// Its name in results: `morans-i-class-means`.
  public var name: String
  /// Its formula or definition, in one line.
  public var formula: String
  /// The unit of its values: `grid steps`, `nats`; `1` for pure numbers.
  public var unit: String
  /// The range of its values: `[-1, 1]`.
  public var range: String
  /// When it is undefined, as part of a sentence; nil if never.
  public var undefined: String?
  /// The paper or program that defines it, or `ours`.
  public var source: String
  /// Whether there is a value for each unit rather than one for the layer.
  public var isPerUnit: Bool

  /// A description.
  public init(
    _ name: String, _ formula: String, unit: String = "1", range: String,
    undefined: String? = nil, source: String = "ours", isPerUnit: Bool = false
  ) {
    (self.name, self.formula, self.unit, self.range) = (name, formula, unit, range)
    (self.undefined, self.source, self.isPerUnit) = (undefined, source, isPerUnit)
  }
}
