/// Which images stand for a data set in measures whose cost grows with the square of their number.
public enum ImageChoice {
  /// The first `count` images of each class, class by class, ascending within a class; all images
  /// of a class that has fewer.
  public static func stratified(_ labels: ClassLabels, perClass count: Int = 100) -> [Int] {
    var chosen = [[Int]](repeating: [], count: labels.classes)
    for (image, label) in labels.values.enumerated() where chosen[Int(label)].count < count {
      chosen[Int(label)].append(image)
    }
    return chosen.flatMap { $0 }
  }

  /// Of images without classes: `count` images at equal distances, or all if there are fewer.
  public static func even(images: Int, count: Int = 1000) -> [Int] {
    images <= count ? Array(0..<images) : (0..<count).map { $0 * images / count }
  }

  /// The choice for a layer: stratified if the classes are known; otherwise ten times as many
  /// images at equal distances.
  public static func of(_ layer: LayerData, perClass count: Int = 100) -> [Int] {
    layer.labels.map { stratified($0, perClass: count) }
      ?? even(images: layer.activations.images, count: 10 * count)
  }
}
