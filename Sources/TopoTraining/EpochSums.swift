/// What a device sums up over the steps of an epoch, for each member.
struct EpochSums {
  /// Sum of cross-entropies, correct predictions, images.
  var score: [Float]
  /// Sum over the steps of the penalty without lambda.
  var penalties: [Float]

  func crossEntropy(_ member: Int) -> Double { Double(score[member * 3]) }
  func correct(_ member: Int) -> Double { Double(score[member * 3 + 1]) }
  func images(_ member: Int) -> Double { Double(score[member * 3 + 2]) }
  func penalty(_ member: Int) -> Double { Double(penalties[member]) }
}

extension EpochSums {
  /// The four sums of a member: score, then penalty.
  func values(_ member: Int) -> [Float] {
    Array(score[member * 3..<member * 3 + 3]) + [penalties[member]]
  }

  /// The sums of members, each as `values` gives them.
  init(_ values: [[Float]]) {
    (score, penalties) = (values.flatMap { $0[..<3] }, values.map { $0[3] })
  }

  /// Number of values of a member.
  static let count = 4
}
