/// The two sets of images that a data set comes in.
public enum Split: String, Sendable, Hashable, Codable, CaseIterable {
  /// Images of the training files.
  case training = "train"
  /// Images of the official test set.
  case test
}
