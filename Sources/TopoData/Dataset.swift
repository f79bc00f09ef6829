import TopoFoundation

/// Training and test images of one origin, with the constants that normalize them.
///
/// ```swift
/// let dataset = try Dataset.load("fashion-mnist")
/// print(dataset.shape, dataset.classNames, dataset.test.count)
///
/// let training = ImageSet(images: pixels, labels: labels, shape: shape, classes: 2)
/// let own = Dataset(
///   name: "own", training: training, test: test, normalization: Normalization(of: training),
///   classNames: ["cat", "dog"])
/// ```
public struct Dataset: Sendable, Hashable {
  /// Its name in results: `fashion-mnist`, or the folder's name for data of your own.
  public var name: String
  /// Images to train and validate on.
  public var training: ImageSet
  /// Images of the official test set.
  public var test: ImageSet
  /// Normalization of the training images.
  public var normalization: Normalization
  /// Names of the classes, in the order of the labels.
  public var classNames: [String]

  /// A data set; both parts have one shape and number of classes.
  /// - Parameter classNames: as many as there are classes; their numbers by default.
  public init(
    name: String, training: ImageSet, test: ImageSet, normalization: Normalization,
    classNames: [String]? = nil
  ) {
    precondition(training.shape == test.shape && training.classes == test.classes)
    precondition(normalization.mean.count == training.shape.channels)
    precondition(classNames.map { $0.count == training.classes } ?? true)
    self.classNames = classNames ?? (0..<training.classes).map { "\($0)" }
    self.name = name
    self.training = training
    self.test = test
    self.normalization = normalization
  }

  /// Extents of its images.
  public var shape: ImageShape { training.shape }
  /// Number of its classes.
  public var classes: Int { training.classes }
}
