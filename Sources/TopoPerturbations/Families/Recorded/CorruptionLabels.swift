import TopoFoundation

/// The labels and the shape that published images must have: those of the clean images that they
/// stand for.
struct CorruptionLabels {
  /// Labels of the data set's images, in order.
  let expected: [Int32]
  /// Extents of an image.
  let shape: ImageShape

  /// Images at each severity that a file of images holds.
  /// - Throws: `UserError` when it does not hold images of the shape, channels last, as uint8 or as
  ///   floating-point numbers in [0, 1], in `blocks` equal parts of at least as many images as are
  ///   expected.
  func count(in file: NPYFile, blocks: Int) throws -> Int {
    guard RecordedPixels(code: file.elementCode) != nil else {
      throw UserError(
        file.url,
        "holds elements of type \(file.elementCode), but images are uint8 from 0 to 255 or float32 "
          + "from 0 to 1; write images that go from 0 to 255 with x.round().astype(\"uint8\"), and "
          + "those that go from 0 to 1 with (255 * x).round().astype(\"uint8\")")
    }
    let image = [shape.rows, shape.columns, shape.channels]
    // MNIST-C may leave its one channel out.
    let fits =
      file.shape.dropFirst() == image[...]
      || shape.channels == 1 && file.shape.count == 3 && file.shape.dropFirst() == image[..<2]
    guard fits, let all = file.shape.first, all > 0, all % blocks == 0 else {
      let number = blocks == 1 ? "images" : "\(blocks) x images"
      throw UserError(
        file.url,
        "has the shape \(file.shape), but [\(number), \(shape.rows), \(shape.columns), "
          + "\(shape.channels)] is needed for this data set; download the files again, or name "
          + "the data set that they belong to")
    }
    guard all / blocks >= expected.count else {
      throw UserError(
        file.url,
        "holds \((all / blocks).counted("image")) at each severity, but the data set has "
          + "\(expected.count); use "
          + "the data set that it was made from, or a subset")
    }
    try RecordedPixels.check(file)
    return all / blocks
  }

  /// Checks a file of labels: those of one block, or of all.
  /// - Throws: `UserError` when they are of another type or number, or other labels.
  func check(_ file: NPYFile, count: Int, blocks: Int) throws {
    let number = file.shape.reduce(1, *)
    guard number == count || number == count * blocks, file.shape.first == number else {
      throw UserError(
        file.url,
        "has the shape \(file.shape), but there are \(count.counted("image")) at each of \(blocks) "
          + "severities; download the files again")
    }
    let labels = try values(of: file, number)
    for start in stride(from: 0, to: number, by: count) {
      for (image, label) in expected.enumerated() where labels[start + image] != Int64(label) {
        throw UserError(
          file.url,
          "says that entry \(start + image) is of class \(labels[start + image]), but image "
            + "\(image) of the data set is of class \(label); the files belong to another data set "
            + "or are in another order")
      }
    }
  }

  /// Integers of one to eight bytes, little-endian.
  private func values(of file: NPYFile, _ count: Int) throws -> [Int64] {
    let code = file.elementCode
    let size = file.elementSize
    guard size == 1 || !code.hasPrefix(">"), [1, 2, 4, 8].contains(size),
      code.hasSuffix("i\(size)") || code.hasSuffix("u\(size)")
    else {
      throw UserError(
        file.url,
        "holds elements of type \(code), but labels are integers, little-endian; write it with "
          + "astype(\"int64\")")
    }
    let bytes = try file.bytes(of: 0..<count)
    return (0..<count).map { index in
      let own = bytes[index * size..<(index + 1) * size]
      let value = own.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      // Negative labels are errors in any case; their exact value does not matter.
      return Int64(bitPattern: value)
    }
  }
}
