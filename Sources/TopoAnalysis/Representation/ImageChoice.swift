/// Which images stand for a data set in measures whose cost grows with the square of their number.
public enum ImageChoice {
  /// The most images that are chosen for a layer.
  public static let most = 1000

  /// The first `count` images of each class, class by class, ascending within a class; all images
  /// of a class that has fewer.
  public static func stratified(_ labels: ClassLabels, perClass count: Int = 100) -> [Int] {
    let compact = labels.compact
    var chosen = [[Int]](repeating: [], count: compact.classes)
    for (image, label) in compact.values.enumerated() where chosen[Int(label)].count < count {
      chosen[Int(label)].append(image)
    }
    return chosen.flatMap { $0 }
  }

  /// Of images without classes: `count` images at equal distances, or all if there are fewer.
  public static func even(images: Int, count: Int = most) -> [Int] {
    images <= count ? Array(0..<images) : (0..<count).map { $0 * images / count }
  }

  /// The choice for a layer, of at most 1,000 images.
  ///
  /// If the classes are known, it is stratified: `count` images of each class with images, or
  /// `1000 / classes` if that is fewer. With more than 1,000 such classes, it is 1,000 images at
  /// equal distances; without classes, ten times `count` images at equal distances.
  public static func of(_ layer: LayerData, perClass count: Int = 100) -> [Int] {
    of(images: layer.activations.images, labels: layer.labels, perClass: count)
  }

  /// The same choice of a number of images.
  /// - Parameter labels: their classes; nil if unknown.
  public static func of(images: Int, labels: ClassLabels?, perClass count: Int = 100) -> [Int] {
    guard let labels else {
      return even(images: images, count: min(10 * count, most))
    }
    let classes = labels.present.count
    guard classes <= most else { return even(images: images) }
    return stratified(labels, perClass: max(1, min(count, most / max(classes, 1))))
  }
}
