import TopoFoundation

/// Images reflected at an axis through their center.
public enum ImageReflection: String, Sendable, Hashable, CaseIterable, Codable {
  /// Left and right change places: reflection at the vertical axis.
  case horizontal
  /// Top and bottom change places: reflection at the horizontal axis.
  case vertical

  /// Each image reflected.
  /// - Parameter images: dense `[image, channel, row, column]`.
  public func reflect(_ images: [Float], shape: ImageShape) -> [Float] {
    var reflected = images
    forEachPixel(of: images, shape) { pixel, opposite, _ in reflected[pixel] = images[opposite] }
    return reflected
  }

  /// Images whose second half (right or bottom) is the reflected first half of an image.
  /// - Parameters:
  ///   - images: dense `[image, channel, row, column]`.
  ///   - sources: by image, the index of the image whose first half is reflected into the second;
  ///     its own index makes it symmetric. A middle row or column stays.
  public func replaceHalf(
    _ images: [Float], shape: ImageShape, from sources: [Int]
  ) -> [Float] {
    precondition(sources.count * shape.count == images.count, "a source per image")
    var changed = images
    forEachPixel(of: images, shape) { pixel, opposite, isSecondHalf in
      guard isSecondHalf else { return }
      let image = pixel / shape.count
      changed[pixel] = images[sources[image] * shape.count + opposite % shape.count]
    }
    return changed
  }

  /// Calls `body` with each index, that of the pixel on the other side, and whether the former is in
  /// the second half.
  private func forEachPixel(
    of images: [Float], _ shape: ImageShape, _ body: (Int, Int, Bool) -> Void
  ) {
    precondition(
      shape.count > 0 && images.count.isMultiple(of: shape.count), "images have one shape")
    let (rows, columns) = (shape.rows, shape.columns)
    for plane in 0..<images.count / (rows * columns) {
      for row in 0..<rows {
        for column in 0..<columns {
          let pixel = (plane * rows + row) * columns + column
          switch self {
          case .horizontal:
            let opposite = columns - 1 - column
            body(pixel, (plane * rows + row) * columns + opposite, column > opposite)
          case .vertical:
            let opposite = rows - 1 - row
            body(pixel, (plane * rows + opposite) * columns + column, row > opposite)
          }
        }
      }
    }
  }
}
