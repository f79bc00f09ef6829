import TopoFoundation

/// Small light and dark spots on gray at the points of a raster, which probe where units are
/// sensitive.
///
/// Behind pooling layers, a unit's response to a spot depends on where the spot lies within the
/// windows of pooling. Averages over a period of these windows do not.
///
/// ```swift
/// let spots = SpotStimuli(ImageShape(channels: 1, rows: 28, columns: 28))
/// // responses: to spots.images; blank: to spots.blank, by unit
/// let profile = spots.profile(responses, blank: blank, period: 4)
/// ```
public struct SpotStimuli: Sendable, Hashable {
  /// Extents of an image.
  public let shape: ImageShape
  /// Rows of the raster: the first row of each of its spots, in pixels.
  public let rows: [Int]
  /// Columns of the raster, likewise.
  public let columns: [Int]
  /// Pixels between the points of the raster.
  public let spacing: Int
  /// Side of a spot, in pixels.
  public let side: Int
  /// Dense `[row of the raster, column of the raster, light or dark, channel, row, column]`.
  public let images: [Float]

  /// Spots within an image.
  /// - Parameters:
  ///   - side: of a spot, in pixels.
  ///   - spacing: of the raster, in pixels.
  public init(_ shape: ImageShape, side: Int = 3, spacing: Int = 2) {
    (self.shape, self.side, self.spacing) = (shape, side, spacing)
    rows = Array(stride(from: 0, through: shape.rows - side, by: spacing))
    columns = Array(stride(from: 0, through: shape.columns - side, by: spacing))
    var images = [Float](repeating: 0.5, count: rows.count * columns.count * 2 * shape.count)
    var start = 0
    for top in rows {
      for left in columns {
        for level: Float in [1, 0] {
          for channel in 0..<shape.channels {
            for row in top..<top + side {
              let line = start + (channel * shape.rows + row) * shape.columns
              for column in left..<left + side { images[line + column] = level }
            }
          }
          start += shape.count
        }
      }
    }
    self.images = images
  }

  /// The image without a spot, dense `[channel, row, column]`.
  public var blank: [Float] { [Float](repeating: 0.5, count: shape.count) }

  /// By unit: the mean over the light and the dark spot of `|z - z_blank|`, dense `[row, column]` of
  /// the raster.
  /// - Parameters:
  ///   - responses: to the images, in their order.
  ///   - blank: responses to the blank image, by unit.
  public func maps(_ responses: Activations, blank: [Float]) -> [[Double]] {
    let points = rows.count * columns.count
    precondition(responses.images == 2 * points, "a response per image")
    precondition(responses.units == blank.count, "a blank response per unit")
    return blank.indices.map { unit in
      (0..<points).map { point in
        let rest = Double(blank[unit])
        return
          (abs(Double(responses[2 * point, unit]) - rest)
          + abs(Double(responses[2 * point + 1, unit]) - rest)) / 2
      }
    }
  }

  /// By unit: means of `maps` over all squares of a period of pooling, by the eccentricity of the
  /// squares in rings of two pixels. Rings without squares are left out.
  /// - Parameters:
  ///   - responses: to the images, in their order.
  ///   - blank: responses to the blank image, by unit.
  ///   - period: the product of all strides of pooling, in pixels: 4 behind two poolings by 2.
  public func profile(
    _ responses: Activations, blank: [Float], period: Int
  ) -> EccentricityProfile {
    let size = max(period / spacing, 1)
    let half = Double(min(shape.rows, shape.columns)) / 2
    // By ring: the squares, by the point of their first spot.
    var rings: [Int: [(row: Int, column: Int)]] = [:]
    for row in 0..<max(rows.count - size + 1, 0) {
      for column in 0..<max(columns.count - size + 1, 0) {
        let (down, across) = (
          center(rows, row, size) - Double(shape.rows - 1) / 2,
          center(columns, column, size) - Double(shape.columns - 1) / 2
        )
        rings[Int((down * down + across * across).squareRoot() / 2), default: []]
          .append((row, column))
      }
    }
    let filled = rings.keys.sorted()
    let values = maps(responses, blank: blank).map { map in
      filled.map { ring in
        let means = (rings[ring] ?? []).map { mean(map, $0.row, $0.column, size) }
        return Statistics.mean(means)
      }
    }
    return EccentricityProfile(
      eccentricities: filled.map { (Double($0) + 0.5) * 2 / half }, values: values)
  }

  /// The middle of `size` neighboring spots, in pixels.
  private func center(_ starts: [Int], _ first: Int, _ size: Int) -> Double {
    Double(starts[first] + starts[first + size - 1] + side - 1) / 2
  }

  private func mean(_ map: [Double], _ row: Int, _ column: Int, _ size: Int) -> Double {
    var sum = 0.0
    for down in 0..<size {
      for across in 0..<size { sum += map[(row + down) * columns.count + column + across] }
    }
    return sum / Double(size * size)
  }
}
