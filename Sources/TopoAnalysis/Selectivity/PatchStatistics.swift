/// The patches of the units that are selective for each class, taken together.
public struct PatchStatistics: Sendable, Hashable {
  /// Selected units, counted once for each class.
  public private(set) var selected = 0
  /// Number of patches.
  public private(set) var patches = 0
  /// Units in patches, counted once for each class.
  public private(set) var members = 0
  /// Units of the largest patch; 0 without patches.
  public private(set) var largest = 0

  /// No patches.
  public init() {}

  /// Adds the patches of a class.
  public mutating func add(selected count: Int, patches sizes: [Int]) {
    selected += count
    patches += sizes.count
    members += sizes.reduce(0, +)
    largest = max(largest, sizes.max() ?? 0)
  }

  /// Mean number of units of a patch; nil without patches.
  public var meanSize: Double? { patches > 0 ? Double(members) / Double(patches) : nil }

  /// Fraction of selected units that are in a patch; nil if no unit is selected.
  public var fraction: Double? { selected > 0 ? Double(members) / Double(selected) : nil }
}
