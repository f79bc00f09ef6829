import TopoFoundation

/// Which training images a member trains on, and which it is validated on.
public struct TrainingSplit: Sendable, Hashable {
  /// Indices to train on.
  public let training: [Int32]
  /// Indices to validate on.
  public let validation: [Int32]

  /// Splits `0..<count` by a permutation drawn from `seed`: its first `Int(fraction * count)`
  /// indices (at least one) are for training.
  public init(count: Int, seed: UInt64, fraction: Double = 0.8) {
    precondition(count > 0 && fraction > 0 && fraction <= 1)
    var numbers = RandomSequence(Philox(seed: seed, purpose: .split))
    let order = numbers.permutation(count)
    let boundary = Self.trainingCount(of: count, fraction: fraction)
    training = Array(order[..<boundary])
    validation = Array(order[boundary...])
  }

  /// How many of `count` images are for training.
  public static func trainingCount(of count: Int, fraction: Double) -> Int {
    max(1, Int(fraction * Double(count)))
  }
}

/// The order in which a member sees its training images.
public enum PresentationOrder {
  /// The indices `training`, shuffled for an epoch (counted from 0) of the member with `seed`.
  public static func epoch(_ epoch: Int, of training: [Int32], seed: UInt64) -> [Int32] {
    var numbers = RandomSequence(Philox(seed: seed, purpose: .order, stream: UInt32(epoch)))
    return numbers.permutation(training.count).map { training[Int($0)] }
  }
}
