import CVectorKernels
import TopoFoundation

/// The blur of a lens out of focus: a disk, its edge softened by a small Gaussian.
final class DefocusBlur: CorruptionWorker {
  private let family: Corruption.Family
  private let shape: ImageShape
  private let disk: DefocusDisk
  private let weights: [Double]
  /// Where the pixels under the taps are in `padded`, from the center.
  private let offsets: [Int]
  private let padded: Scratch<Double>
  private let sums: Scratch<Double>

  init(_ family: Corruption.Family, _ severity: Int, _ shape: ImageShape) {
    self.family = family
    self.shape = shape
    let (radius, softening): (Double, Double) = family.choose(
      severity,
      common: [(0.3, 0.4), (0.4, 0.5), (0.5, 0.6), (1, 0.2), (1.5, 0.1)],
      mnist: [(3, 0.1), (4, 0.5), (6, 0.5), (8, 0.5), (10, 0.5)])
    disk = DefocusDisk(radius: radius, softening: softening)
    let width = shape.columns + 2 * disk.reach
    weights = disk.taps.map(\.weight)
    offsets = disk.taps.map { $0.down * width + $0.right }
    padded = Scratch((shape.rows + 2 * disk.reach) * width)
    sums = Scratch(shape.columns)
  }

  func corrupt(
    _ image: UnsafePointer<UInt8>, into output: UnsafeMutablePointer<UInt8>,
    random: CorruptionRandom
  ) {
    let (rows, columns, reach) = (shape.rows, shape.columns, disk.reach)
    let width = columns + 2 * reach
    for channel in 0..<shape.channels {
      let plane = image + channel * rows * columns
      for row in 0..<rows + 2 * reach {
        let source = plane + Border.mirror(row - reach, rows) * columns
        let target = padded.start + row * width
        for column in 0..<width {
          target[column] = Double(source[Border.mirror(column - reach, columns)]) / 255
        }
      }
      for row in 0..<rows {
        topo_weighted_sum(
          Int32(weights.count), padded.start + (row + reach) * width + reach, offsets, weights,
          Int32(columns), sums.start)
        let target = output + (channel * rows + row) * columns
        for column in 0..<columns { target[column] = family.byte(sums[column]) }
      }
    }
  }
}

/// The kernel of `DefocusBlur` in Float32: pixels within `radius`, equal and normalized on a support
/// of 17 x 17 (wider beyond a radius of 8), then a Gaussian of 3 x 3 (5 x 5).
struct DefocusDisk {
  /// A weight that is not 0, and its place from the center.
  struct Tap {
    var down: Int
    var right: Int
    var weight: Double
  }

  /// Weights in rows.
  let taps: [Tap]
  /// The largest distance of a tap along an axis.
  let reach: Int

  /// A disk of a radius in pixels, softened by a Gaussian of this standard deviation in pixels.
  init(radius: Double, softening: Double) {
    let half = radius <= 8 ? 8 : Int(radius)
    let side = 2 * half + 1
    var disk = (0..<side * side).map { index -> Float in
      let (down, right) = (Double(index / side - half), Double(index % side - half))
      return down * down + right * right <= radius * radius ? 1 : 0
    }
    let count = disk.reduce(0, +)
    for index in disk.indices { disk[index] /= count }
    let weights = GaussianSmoothing.weights(
      sigma: softening, truncate: (radius <= 8 ? 1 : 2) / softening
    ).map { Float($0) }
    // Along the rows, then down the columns.
    for (across, along) in [(side, 1), (1, side)] {
      let before = disk
      for line in 0..<side {
        for place in 0..<side {
          var sum = before[line * across + place * along] * weights[0]
          for step in 1..<weights.count {
            let left = Border.mirror(place - step, side)
            let right = Border.mirror(place + step, side)
            sum +=
              (before[line * across + left * along] + before[line * across + right * along])
              * weights[step]
          }
          disk[line * across + place * along] = sum
        }
      }
    }
    taps = disk.indices.compactMap { index in
      guard disk[index] != 0 else { return nil }
      return Tap(
        down: index / side - half, right: index % side - half, weight: Double(disk[index]))
    }
    reach = taps.reduce(0) { max($0, abs($1.down), abs($1.right)) }
  }
}
