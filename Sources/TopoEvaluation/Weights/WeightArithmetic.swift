import TopoFoundation

/// What is done to the weights of a layer, apart from where the random numbers come from.
///
/// Arithmetic is in Float64, and results are rounded once: the same bits on every machine.
enum WeightArithmetic {
  /// `w + size e`
  static func add(_ noise: [Float], size: Double, to weights: [Float]) -> [Float] {
    zip(weights, noise).map { Float(Double($0) + size * Double($1)) }
  }

  /// `w (1 + size e)`
  static func multiply(_ weights: [Float], noise: [Float], size: Double) -> [Float] {
    zip(weights, noise).map { Float(Double($0) * (1 + size * Double($1))) }
  }

  /// How many of `count` things a share is: `share * count`, rounded, halves up.
  static func number(_ share: Double, of count: Int) -> Int {
    min(max(Int((share * Double(count)).rounded(.toNearestOrAwayFromZero)), 0), count)
  }

  /// So many different numbers below `bound`, in the order drawn: the beginning of a random
  /// permutation (Fisher and Yates, from the front).
  static func distinct(_ count: Int, below bound: Int, source: Philox) -> [Int] {
    var sequence = RandomSequence(source)
    var order = (0..<Int32(bound)).map { $0 }
    for place in 0..<count {
      order.swapAt(place, place + Int(sequence.next(below: UInt32(bound - place))))
    }
    return order.prefix(count).map(Int.init)
  }

  /// Indices of the so many weights that are smallest in magnitude, the first ones on ties.
  static func smallest(_ count: Int, of weights: [Float]) -> [Int] {
    Array(
      weights.indices.sorted {
        let (a, b) = (abs(weights[$0]), abs(weights[$1]))
        return a != b ? a < b : $0 < $1
      }.prefix(count))
  }

  /// Weights with some of them 0.
  static func zero(_ indices: some Sequence<Int>, of weights: [Float]) -> [Float] {
    var weights = weights
    for index in indices { weights[index] = 0 }
    return weights
  }
}
