import TopoCompute

/// Training and test images of one origin, with the constants that normalise them.
public struct Dataset: Sendable, Hashable {
  /// Its name in results: `fashion-mnist`, or the folder's name for data of your own.
  public var name: String
  /// Images to train and validate on.
  public var training: ImageSet
  /// Images of the official test set.
  public var test: ImageSet
  /// Normalisation of the training images.
  public var normalization: Normalization

  /// A data set; both parts have one shape and number of classes.
  public init(name: String, training: ImageSet, test: ImageSet, normalization: Normalization) {
    precondition(training.shape == test.shape && training.classes == test.classes)
    precondition(normalization.mean.count == training.shape.channels)
    self.name = name
    self.training = training
    self.test = test
    self.normalization = normalization
  }

  /// Extents of its images.
  public var shape: ImageShape { training.shape }
  /// Number of its classes.
  public var classes: Int { training.classes }

  /// Normalisation of the test images under a protocol.
  public func testNormalization(_ protocol: NormalizationProtocol) -> Normalization {
    guard `protocol` == .asPublished, name == KnownDataset.cifar10.rawValue else {
      return normalization
    }
    return Normalization(mean: normalization.mean, deviation: [0.2023, 0.1994, 0.2010])
  }
}
