import TopoFoundation

/// Soft labels from a file: how people classified the images, such as `cifar10h-probs.npy` of
/// CIFAR-10H (Peterson et al. 2019).
///
/// ```swift
/// let people = try ExternalSoftLabels("cifar10h-probs.npy")
/// print(people.labels.majority[0])
/// ```
public struct ExternalSoftLabels: Sendable {
  /// The path of the file, as it was given.
  public let path: String
  /// The labels.
  public let labels: SoftLabels
  /// CRC-32 of the values of the file.
  public let checksum: UInt32

  /// Sums of rows of probabilities differ from 1 by at most this much: elements may be float16.
  private static let slack = 1e-3

  /// Reads an array, `[image, class]`, of NumPy or safetensors: probabilities, of which each row
  /// adds up to 1, or counts, which are whole numbers.
  /// - Throws: `UserError` that names the file and the first row that is neither.
  public init(_ path: String) throws {
    let array = try NumericArray(path) { $0 }
    guard array.shape.count == 2, array.shape[0] > 0, array.shape[1] > 0 else {
      throw UserError(
        path,
        "has the shape \(array.shape); soft labels have a row per image and a column per class")
    }
    let classes = array.shape[1]
    if let index = array.values.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) {
      throw UserError(
        path,
        "holds \(array.values[index]) at image \(index / classes), class \(index % classes); soft "
          + "labels are probabilities or counts, of which none is negative or missing")
    }
    let isCounts = array.values.allSatisfy { $0 == $0.rounded() }
    for image in 0..<array.shape[0] {
      let sum = array.values[image * classes..<(image + 1) * classes].reduce(0, +)
      guard isCounts ? sum > 0 && sum.isFinite : abs(sum - 1) <= Self.slack else {
        throw UserError(
          path,
          "has the sum \(sum) at image \(image); give probabilities that add up to 1, or counts "
            + "of which one at least is above 0")
      }
    }
    labels = try SoftLabels(array.values, classes: classes)
    self.path = path
    var checksum = Checksum()
    array.values.withUnsafeBytes { checksum.add($0) }
    self.checksum = checksum.value
  }

  /// Refuses labels of other images or classes.
  /// - Throws: `UserError` that names the file.
  public func requireFit(images: Int, classes: Int) throws {
    guard labels.images == images else {
      throw UserError(
        path,
        "has \(labels.images.counted("row")), but \(images.counted("image")) "
          + (images == 1 ? "is" : "are")
          + " evaluated; give one row for each of these images, in the order of the test set"
          + (labels.images > images ? ", such as array[:\(images)], or evaluate all images" : ""))
    }
    guard labels.classes == classes else {
      throw UserError(
        path,
        "has \(labels.classes.counted("column")), but the images have "
          + "\(classes.counted("class")); give soft labels of this data set")
    }
  }
}
