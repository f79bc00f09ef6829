/// Connected groups of selected units: patches of a sheet.
///
/// On a sheet with the neighborhood `moore`, units that share an edge or a corner are connected
/// (8-connectivity); with `vonNeumann`, those that share an edge (4-connectivity).
public struct PatchFinder: Sendable {
  /// Number of units.
  public let units: Int
  private let starts: [Int]
  private let neighbors: [Int32]

  /// Finds patches among units.
  /// - Parameter neighbors: by unit, the indices of its neighbors; the relation is symmetric.
  public init(neighbors lists: [[Int]]) {
    units = lists.count
    var starts = [0]
    for list in lists { starts.append(starts[starts.count - 1] + list.count) }
    self.starts = starts
    neighbors = lists.flatMap { $0.map(Int32.init) }
  }

  /// The connected groups of selected units, by their first unit, each with ascending indices.
  /// - Parameter minimum: groups with fewer units are left out.
  public func patches(_ isSelected: [Bool], minimum: Int = 1) -> [[Int]] {
    precondition(isSelected.count == units, "a value per unit")
    var isOpen = isSelected
    var patches: [[Int]] = []
    for unit in 0..<units where isOpen[unit] {
      isOpen[unit] = false
      var patch = [unit]
      var next = 0
      while next < patch.count {
        for index in starts[patch[next]]..<starts[patch[next] + 1] {
          let other = Int(neighbors[index])
          if isOpen[other] {
            isOpen[other] = false
            patch.append(other)
          }
        }
        next += 1
      }
      if patch.count >= minimum { patches.append(patch.sorted()) }
    }
    return patches
  }
}
