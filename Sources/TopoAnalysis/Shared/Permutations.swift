import TopoFoundation

/// Random permutations, the same ones for every number of threads.
public struct Permutations: Sendable, Hashable {
  /// How many.
  public var count: Int
  /// Chooses the permutations.
  public var seed: UInt64
  /// Distinguishes uses of one seed.
  public var stream: UInt32

  /// `count` permutations.
  public init(count: Int, seed: UInt64 = 0, stream: UInt32) {
    (self.count, self.seed, self.stream) = (count, seed, stream)
  }

  /// A permutation of `0..<size`.
  /// - Parameter index: which one, in `0..<count`.
  public func order(_ index: Int, of size: Int) -> [Int32] {
    let source = Philox(seed: seed, purpose: .analysis, stream: stream)
      .subsequence(at: UInt64(index), stream: stream)
    var sequence = RandomSequence(source)
    return sequence.permutation(size)
  }

  /// Values of a statistic for all permutations of `0..<size`, in order, computed on all cores.
  public func map<Value: Sendable>(
    over size: Int, _ statistic: @Sendable ([Int32]) -> Value
  ) -> [Value] {
    parallelMap(count) { statistic(order($0, of: size)) }
  }

  /// Values of a statistic for permutations of the places of some units among themselves.
  /// - Parameters:
  ///   - members: units that change places; the others keep theirs.
  ///   - units: number of units.
  ///   - statistic: gets `places`: unit `u` is where unit `places[u]` is without permutation.
  public func map<Value: Sendable>(
    members: [Int], of units: Int, _ statistic: @Sendable ([Int32]) -> Value
  ) -> [Value] {
    map(over: members.count) { order in
      var places = (0..<Int32(units)).map { $0 }
      for (index, member) in members.enumerated() {
        places[member] = Int32(members[Int(order[index])])
      }
      return statistic(places)
    }
  }
}

/// Streams of random numbers of the analyses of organization and selectivity.
enum OrganizationStream {
  static let functionalDistance: UInt32 = 101
  static let coactivationDistance: UInt32 = 102
  static let smoothness: UInt32 = 103
  static let patches: UInt32 = 104
  static let dip: UInt32 = 105
}
