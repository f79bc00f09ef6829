/// The responses of one unit after the other, of a layer that is stored image by image.
enum UnitColumns {
  /// Values of all units, computed on all cores from the responses of each to all images.
  static func map<Value: Sendable>(
    _ activations: Activations, _ body: @Sendable (Int, [Float]) -> Value
  ) -> [Value] {
    let (images, units) = (activations.images, activations.units)
    let blocks = parallelMap((units + width - 1) / width) { index in
      let range = index * width..<min((index + 1) * width, units)
      // Rows are read once for all units of the block: one line of the cache holds them.
      var columns = [[Float]](
        repeating: [Float](repeating: 0, count: images), count: range.count)
      activations.values.withUnsafeBufferPointer { values in
        for column in columns.indices {
          columns[column].withUnsafeMutableBufferPointer { target in
            for image in 0..<images {
              target[image] = values[image * units + range.lowerBound + column]
            }
          }
        }
      }
      return range.map { body($0, columns[$0 - range.lowerBound]) }
    }
    return blocks.flatMap { $0 }
  }

  /// Units of a block: their responses to an image are a line of the cache.
  private static let width = 16
}
