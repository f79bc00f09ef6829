import TopoFoundation

/// The mean of the image and of itself enlarged by factors from 1 on, in Float32.
final class ZoomBlur: CorruptionWorker {
  private let shape: ImageShape
  private let filters: [ZoomFilter]
  private let plane: Scratch<Double>
  private let sums: Scratch<Float>

  init(_ family: Corruption.Family, _ severity: Int, _ shape: ImageShape) {
    self.shape = shape
    let (count, step): (Int, Double) = family.choose(
      severity,
      common: [(7, 0.01), (12, 0.01), (16, 0.01), (21, 0.01), (26, 0.01)],
      mnist: [(12, 0.01), (16, 0.01), (11, 0.02), (13, 0.02), (11, 0.03)])
    // As NumPy's arange computes them: multiples of a step rounded at 1.
    filters = (0..<count).map { index in
      ZoomFilter(
        rows: shape.rows, columns: shape.columns, factor: 1 + Double(index) * ((1 + step) - 1))
    }
    plane = Scratch(shape.rows * shape.columns)
    sums = Scratch(shape.rows * shape.columns)
  }

  func corrupt(
    _ image: UnsafePointer<UInt8>, into output: UnsafeMutablePointer<UInt8>,
    random: CorruptionRandom
  ) {
    for channel in 0..<shape.channels {
      let start = channel * plane.count
      for index in 0..<plane.count {
        plane[index] = Double(Float(Double(image[start + index]) / 255))
        sums[index] = 0
      }
      for filter in filters {
        filter.forEach(of: plane.start) { sums[$0] += Float($1) }
      }
      let count = Float(filters.count + 1)
      for index in 0..<plane.count {
        output[start + index] = UInt8(
          truncatingUnit: (Float(plane[index]) + sums[index]) / count)
      }
    }
  }
}
