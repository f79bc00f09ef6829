import TopoFoundation

/// A representational dissimilarity matrix: how different items are, pair by pair.
///
/// Of rows of features, the dissimilarity of two rows is `1 - r` with Pearson's r over the
/// features. Entries are the upper triangle in row-major order: (0, 1), (0, 2), ... A row that is
/// constant (variance at most 1e-12 of the mean square of the matrix) has undefined entries.
///
/// Source: Kriegeskorte, Mur and Bandettini, "Representational similarity analysis" (Frontiers in
/// Systems Neuroscience, 2008).
public struct DissimilarityMatrix: Sendable {
  /// Number of items.
  public let items: Int
  /// Number of entries that are undefined.
  public let undefinedEntries: Int
  /// The upper triangle; NaN where undefined.
  let entries: [Double]

  /// Entries of the upper triangle; nil where undefined.
  public init(items: Int, entries: [Double?]) {
    precondition(entries.count == items * (items - 1) / 2, "one entry per pair of items")
    self.init(items: items, storage: entries.map { $0 ?? .nan })
  }

  /// The dissimilarities `1 - r` of the rows of a matrix.
  public init(_ features: FeatureMatrix) {
    let (rows, isDefined) = features.standardizedRows()
    let items = features.rows
    let products = RowProducts.matrix(rows)
    var entries = [Double](repeating: .nan, count: items * max(items - 1, 0) / 2)
    var index = 0
    for first in 0..<items {
      for second in (first + 1)..<max(items, first + 1) {
        if isDefined[first] && isDefined[second] {
          entries[index] = 1 - min(max(products[first * items + second], -1), 1)
        }
        index += 1
      }
    }
    self.init(items: items, storage: entries)
  }

  /// A matrix of a file, dense `[item, item]`; NaN where undefined. The diagonal is not used.
  /// - Throws: `UserError` if it is not symmetric to 1e-6 of its largest value.
  public init(square: [Double], items: Int) throws {
    precondition(square.count == items * items, "a square matrix")
    let largest = square.reduce(0) { $1.isFinite ? max($0, abs($1)) : $0 }
    var entries: [Double] = []
    for first in 0..<items {
      for second in (first + 1)..<max(items, first + 1) {
        let (a, b) = (square[first * items + second], square[second * items + first])
        guard a.isFinite == b.isFinite, !a.isFinite || abs(a - b) <= 1e-6 * largest else {
          throw UserError(
            "dissimilarities must be symmetric, but [\(first), \(second)] is \(a) and "
              + "[\(second), \(first)] is \(b)")
        }
        entries.append(a.isFinite ? a : .nan)
      }
    }
    self.init(items: items, storage: entries)
  }

  private init(items: Int, storage: [Double]) {
    (self.items, entries) = (items, storage)
    undefinedEntries = storage.reduce(0) { $0 + ($1.isNaN ? 1 : 0) }
  }

  /// The dissimilarity of two items: 0 of an item with itself; nil if undefined.
  public subscript(first: Int, second: Int) -> Double? {
    guard first != second else { return 0 }
    let value = entries[Self.index(min(first, second), max(first, second), items)]
    return value.isNaN ? nil : value
  }

  /// The matrix of the same items in another order: item `i` is what item `order[i]` was.
  public func permuted(_ order: [Int]) -> DissimilarityMatrix {
    var permuted = [Double](repeating: 0, count: entries.count)
    var index = 0
    for first in 0..<items {
      for second in (first + 1)..<max(items, first + 1) {
        let (a, b) = (order[first], order[second])
        permuted[index] = entries[Self.index(min(a, b), max(a, b), items)]
        index += 1
      }
    }
    return DissimilarityMatrix(items: items, storage: permuted)
  }

  /// The matrix of some of the items, in the order of `indices`, each at most once.
  func selecting(_ indices: [Int]) -> DissimilarityMatrix {
    DissimilarityMatrix(
      items: indices.count,
      entries: indices.indices.flatMap { first in
        indices[(first + 1)...].map { self[indices[first], $0] }
      })
  }

  private static func index(_ first: Int, _ second: Int, _ items: Int) -> Int {
    first * (2 * items - first - 1) / 2 + second - first - 1
  }

  /// Rows of a table, `[item][item]`; nil where undefined.
  public var rows: [[Double?]] {
    (0..<items).map { first in (0..<items).map { self[first, $0] } }
  }
}
