/// The classes of images.
public struct ClassLabels: Sendable, Hashable {
  /// By image, each in `0..<classes`.
  public let values: [Int32]
  /// Number of classes. Some may have no images.
  public let classes: Int
  /// Number of images of each class.
  public let counts: [Int]
  /// The classes with images, ascending.
  public let present: [Int]

  /// The classes of images.
  /// - Parameter classes: number of classes; by default one more than the largest label.
  public init(_ values: [Int32], classes: Int? = nil) {
    let classes = classes ?? Int(values.max() ?? -1) + 1
    precondition(
      values.allSatisfy { (0..<Int32(classes)).contains($0) }, "labels are in 0..<classes")
    var counts = [Int](repeating: 0, count: classes)
    for label in values { counts[Int(label)] += 1 }
    (self.values, self.classes, self.counts) = (values, classes, counts)
    present = counts.indices.filter { counts[$0] > 0 }
  }

  /// The same labels without classes that have no images: its class `i` is `present[i]` here.
  ///
  /// With labels 0 and 99,999, arrays by class have two rows instead of 100,000.
  public var compact: ClassLabels {
    guard present.count < classes else { return self }
    var index = [Int32](repeating: 0, count: classes)
    for (place, label) in present.enumerated() { index[label] = Int32(place) }
    return ClassLabels(values.map { index[Int($0)] }, classes: present.count)
  }

  /// Indices of the images of a class, ascending.
  public func images(of label: Int) -> [Int] {
    values.indices.filter { values[$0] == Int32(label) }
  }
}
