import TopoFoundation

/// Labeled byte images, in the order of their files.
///
/// ```swift
/// let shape = ImageShape(channels: 1, rows: 2, columns: 2)
/// let set = ImageSet(
///   images: [0, 255, 255, 0, 255, 0, 0, 255], labels: [0, 1], shape: shape, classes: 2)
/// let first = try set.subset(1)
/// ```
public struct ImageSet: Sendable, Hashable {
  /// Dense `[image, channel, row, column]`.
  public var images: [UInt8]
  /// Class of each image, in `0..<classes`.
  public var labels: [Int32]
  /// Extents of one image.
  public var shape: ImageShape
  /// Number of classes that the data set has, whether or not each occurs.
  public var classes: Int

  /// A set of images; `images` holds `labels.count` of them.
  public init(images: [UInt8], labels: [Int32], shape: ImageShape, classes: Int) {
    precondition(images.count == labels.count * shape.count, "images and labels differ in number")
    self.images = images
    self.labels = labels
    self.shape = shape
    self.classes = classes
  }

  /// Number of images.
  public var count: Int { labels.count }

  /// The first `count` images.
  /// - Throws: `UserError` when there are fewer, or `count` is not positive.
  public func subset(_ count: Int) throws -> ImageSet {
    guard count > 0 else {
      throw UserError("a subset of \(count) images was asked for; ask for at least 1")
    }
    guard count <= self.count else {
      throw UserError(
        "a subset of \(count) images was asked for, but there are only \(self.count); ask for "
          + "fewer")
    }
    return ImageSet(
      images: Array(images.prefix(count * shape.count)), labels: Array(labels.prefix(count)),
      shape: shape, classes: classes)
  }
}
