/// What random numbers are drawn for: the fourth word of the Philox counter.
///
/// The values are part of what makes a run reproducible: never renumber them.
public enum RandomPurpose: UInt32, Sendable, Hashable {
  case initialization = 1
  case split = 2
  case order = 3
  case dropout = 4
  case whiteNoise = 5
  case pinkNoise = 6
  case saltAndPepperNoise = 7
  case adversarialStart = 11
  case corruption = 12
  case mnistCorruption = 13
  case weightPerturbation = 14
  case analysis = 15
  /// Data that tests make up.
  case test = 1000
}
