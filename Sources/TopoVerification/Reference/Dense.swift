/// A dense row-major array of doubles: what reference operations take and give, for one member.
public struct Dense: Sendable, Hashable {
  /// Extents, slowest first.
  public var shape: [Int]
  /// The elements.
  public var values: [Double]

  /// An array of `shape` with the given elements.
  public init(_ shape: [Int], _ values: [Double]) {
    precondition(values.count == shape.reduce(1, *), "the elements do not fill the shape")
    self.shape = shape
    self.values = values
  }

  /// An array of zeros.
  public init(zeros shape: [Int]) {
    self.init(shape, [Double](repeating: 0, count: shape.reduce(1, *)))
  }

  /// A vector.
  public init(_ values: [Double]) { self.init([values.count], values) }

  /// Number of elements.
  public var count: Int { values.count }
}
