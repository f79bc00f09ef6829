import TopoFoundation

/// Pixels exchanged with near ones, between two Gaussian blurs.
///
/// Quirks of the published code are kept, as the parameters were chosen with them: offsets are
/// drawn from `-delta` to `delta - 1`; on color images the exchange copies the other pixel over
/// this one and leaves the other as it is (NumPy assigns views one after the other), while the
/// gray ones of MNIST-C are exchanged, each with chance 1/2; the first blur ends in bytes. Pixels
/// nearer than `delta` to the border at the top and left stay.
final class GlassBlur: CorruptionWorker {
  private let family: Corruption.Family
  private let shape: ImageShape
  private let delta: Int
  private let iterations: Int
  private let smoothing: GaussianSmoothing
  private let plane: Scratch<Double>
  /// A block for each pixel.
  private let words: Scratch<UInt32>

  init(_ family: Corruption.Family, _ severity: Int, _ shape: ImageShape) {
    self.family = family
    self.shape = shape
    let sigma: Double
    (sigma, delta, iterations) = family.choose(
      severity,
      common: [(0.05, 1, 1), (0.25, 1, 1), (0.4, 1, 1), (0.25, 1, 2), (0.4, 1, 2)],
      mnist: [(0.7, 1, 2), (0.9, 2, 1), (1, 2, 3), (1.1, 3, 2), (1.5, 4, 2)])
    smoothing = family.smoothing(rows: shape.rows, columns: shape.columns, sigma: sigma)
    plane = Scratch(shape.rows * shape.columns)
    words = Scratch(4 * plane.count)
  }

  func corrupt(
    _ image: UnsafePointer<UInt8>, into output: UnsafeMutablePointer<UInt8>,
    random: CorruptionRandom
  ) {
    blur(image, into: output) { UInt8(max(0, min(1, $0)) * 255) }
    for iteration in 0..<iterations {
      random.fill(words, from: iteration * plane.count)
      for row in stride(from: shape.rows - delta, to: delta, by: -1) {
        for column in stride(from: shape.columns - delta, to: delta, by: -1) {
          let place = row * shape.columns + column
          let right = Philox.integer(below: 2 * delta, words[4 * place]) - delta
          let down = Philox.integer(below: 2 * delta, words[4 * place + 1]) - delta
          exchange(output, place, place + down * shape.columns + right, words[4 * place + 2])
        }
      }
    }
    let family = family
    blur(UnsafePointer(output), into: output) { family.byte($0) }
  }

  @inline(__always)
  private func exchange(
    _ output: UnsafeMutablePointer<UInt8>, _ place: Int, _ other: Int, _ coin: UInt32
  ) {
    if family == .mnist {
      guard coin >> 31 == 1 else { return }
      (output[place], output[other]) = (output[other], output[place])
    } else {
      for channel in 0..<shape.channels {
        output[channel * plane.count + place] = output[channel * plane.count + other]
      }
    }
  }

  @inline(__always)
  private func blur(
    _ image: UnsafePointer<UInt8>, into output: UnsafeMutablePointer<UInt8>,
    _ byte: (Double) -> UInt8
  ) {
    for channel in 0..<shape.channels {
      let start = channel * plane.count
      for index in 0..<plane.count { plane[index] = Double(image[start + index]) / 255 }
      smoothing.apply(plane.start)
      for index in 0..<plane.count { output[start + index] = byte(plane[index]) }
    }
  }
}
