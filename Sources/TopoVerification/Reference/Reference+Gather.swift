extension Reference {
  /// A batch of normalized images and its targets.
  /// - Parameters:
  ///   - images: bytes `[image, channel, row, column]`.
  ///   - labels: label of each image.
  ///   - order: image at each position; -1 and positions beyond the end give a zero image with
  ///     target -1.
  ///   - batch: which batch of `batchSize` positions.
  public static func gather(
    images: Dense, labels: [Int], order: [Int], batch: Int, batchSize: Int, mean: [Double],
    standardDeviation: [Double]
  ) -> (input: Dense, targets: [Int]) {
    let image = Array(images.shape[1...])
    let (count, plane) = (image.reduce(1, *), image[1] * image[2])
    var input = Dense(zeros: [batchSize] + image)
    var targets = [Int](repeating: -1, count: batchSize)
    for entry in 0..<batchSize {
      let position = batch * batchSize + entry
      guard position < order.count, order[position] >= 0 else { continue }
      targets[entry] = labels[order[position]]
      for index in 0..<count {
        let channel = index / plane
        let value = images.values[order[position] * count + index] / 255
        input.values[entry * count + index] = (value - mean[channel]) / standardDeviation[channel]
      }
    }
    return (input, targets)
  }
}
