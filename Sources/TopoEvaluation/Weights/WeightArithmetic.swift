import TopoFoundation

/// The arithmetic of weight perturbations, given random numbers.
///
/// It is in Float64 and results are rounded once, so that they have the same bits on every machine.
enum WeightArithmetic {
  /// `w + size e`
  static func add(_ noise: [Float], size: Double, to weights: [Float]) -> [Float] {
    zip(weights, noise).map { Float(Double($0) + size * Double($1)) }
  }

  /// The largest magnitude of weights; 0 without any.
  static func largestMagnitude(_ weights: [Float]) -> Double {
    weights.reduce(0) { max($0, Double(abs($1))) }
  }

  /// `w (1 + size e)`
  static func multiply(_ weights: [Float], noise: [Float], size: Double) -> [Float] {
    zip(weights, noise).map { Float(Double($0) * (1 + size * Double($1))) }
  }

  /// The number of items in a share of `count`: `share * count` rounded to the nearest integer,
  /// halves away from 0.
  static func number(_ share: Double, of count: Int) -> Int {
    min(max(Int((share * Double(count)).rounded(.toNearestOrAwayFromZero)), 0), count)
  }

  /// `count` different random numbers below `bound`, in the order drawn: the beginning of a random
  /// permutation (Fisher and Yates, from the front).
  static func distinct(_ count: Int, below bound: Int, source: Philox) -> [Int] {
    var sequence = RandomSequence(source)
    var order = (0..<Int32(bound)).map { $0 }
    for index in 0..<count {
      order.swapAt(index, index + Int(sequence.next(below: UInt32(bound - index))))
    }
    return order.prefix(count).map(Int.init)
  }

  /// Indices of the `count` weights that are smallest in magnitude, the first ones on ties.
  static func smallest(_ count: Int, of weights: [Float]) -> [Int] {
    Array(
      weights.indices.sorted {
        let (a, b) = (abs(weights[$0]), abs(weights[$1]))
        return a != b ? a < b : $0 < $1
      }.prefix(count))
  }

  /// Weights, some of which are set to 0.
  static func zero(_ indices: some Sequence<Int>, of weights: [Float]) -> [Float] {
    var weights = weights
    for index in indices { weights[index] = 0 }
    return weights
  }
}
