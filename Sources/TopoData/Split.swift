/// The two sets of images that a data set comes in.
public enum Split: String, Sendable, Hashable, Codable, CaseIterable {
  /// Images of the official test set.
  case test
  /// Images of the training files.
  case training = "train"
}
