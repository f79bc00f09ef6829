import TopoFoundation

/// Which of a condition's networks form ensembles of `k` members.
///
/// If there are at most 100 groups of `k` of `n` networks, all are used, in lexicographic order.
/// Otherwise 100 different ones are drawn at random; they depend on `k`, `n` and the seed alone.
///
/// ```swift
/// EnsembleGroups.sizes(upTo: 7)         // [2, 3, 5, 7]
/// EnsembleGroups.groups(of: 2, from: 3) // [[0, 1], [0, 2], [1, 2]]
/// ```
public enum EnsembleGroups {
  /// The most groups of one size.
  public static let most = 100

  /// The numbers of members: 2, 3, 5, 10, 20, 30, 50, 100, ... up to `networks`, which is always the
  /// last one. Empty for fewer than two networks.
  public static func sizes(upTo networks: Int) -> [Int] {
    guard networks > 1 else { return [] }
    var sizes: [Int] = []
    var power = 1
    while power < networks {
      sizes += [power, 2 * power, 3 * power, 5 * power].filter { $0 > 1 && $0 < networks }
      power *= 10
    }
    return sizes + [networks]
  }

  /// Groups of networks, each with ascending indices.
  /// - Parameters:
  ///   - size: number of members, in `1...count`.
  ///   - count: number of networks.
  ///   - seed: of the draws.
  public static func groups(of size: Int, from count: Int, seed: UInt64 = 0) -> [[Int]] {
    precondition((1...count).contains(size), "a group has one to all of the networks")
    if let all = combinations(size, of: count) { return all }
    let source = Philox(seed: seed, purpose: .analysis, stream: AnalysisStream.ensembles)
      .subsequence(at: UInt64(count) << 32 | UInt64(size), stream: AnalysisStream.ensembles)
    var (groups, known): ([[Int]], Set<[Int]>) = ([], [])
    var draw: UInt64 = 0
    // There are more than 100 groups, so that new ones are found soon.
    while groups.count < most {
      var sequence = RandomSequence(
        source.subsequence(at: draw, stream: AnalysisStream.ensembles))
      draw += 1
      let group = sequence.permutation(count).prefix(size).map(Int.init).sorted()
      if known.insert(group).inserted { groups.append(group) }
    }
    return groups
  }

  /// All groups of a size; nil if there are more than 100.
  private static func combinations(_ size: Int, of count: Int) -> [[Int]]? {
    var all: [[Int]] = []
    var group = Array(0..<size)
    while true {
      guard all.count < most else { return nil }
      all.append(group)
      // The last member that can move on; those after it follow closely.
      guard let index = group.indices.last(where: { group[$0] < count - size + $0 }) else {
        return all
      }
      group[index] += 1
      for next in group.indices where next > index { group[next] = group[next - 1] + 1 }
    }
  }
}
