import Foundation
import TopoFoundation

/// Patches of noise at positions around the center of an image.
///
/// The patches are drawn once and shown at every position, moved by whole pixels, so that responses
/// that differ between positions depend on the position alone.
///
/// ```swift
/// let stimuli = PositionStimuli(ImageShape(channels: 1, rows: 28, columns: 28))
/// // responses: of a network to stimuli.images
/// let tuning = PositionTuning(responses, stimuli: stimuli)
/// ```
public struct PositionStimuli: Sendable, Hashable {
  /// Where a patch is shown.
  public struct Position: Sendable, Hashable {
    /// Index of the eccentricity.
    public let ring: Int
    /// Rows below and columns to the right of the center of the image.
    public let down, across: Int
  }

  /// Extents of an image.
  public let shape: ImageShape
  /// Distances from the center, 1 at half of the smaller side.
  public let eccentricities: [Double]
  /// By eccentricity, then polar angle; the center has one position.
  public let positions: [Position]
  /// Number of patches.
  public let exemplars: Int
  /// In [0, 1], dense `[position, exemplar, channel, row, column]`. All channels are equal.
  public let images: [Float]

  /// Patches of band-pass noise, 16 waves of random orientation and phase with 4 to 8 pixels per
  /// period, in a Gaussian window on gray. Each has the full contrast.
  /// - Parameters:
  ///   - eccentricities: distances from the center, 1 at half of the smaller side.
  ///   - angles: polar angles of each eccentricity but 0.
  ///   - exemplars: number of patches.
  ///   - width: standard deviation of the window in pixels; by default a fourteenth of the smaller
  ///     side.
  ///   - seed: of the patches.
  public init(
    _ shape: ImageShape, eccentricities: [Double] = [0, 0.25, 0.5, 0.75], angles: Int = 8,
    exemplars: Int = 16, width: Double? = nil, seed: UInt64 = 0
  ) {
    (self.shape, self.eccentricities, self.exemplars) = (shape, eccentricities, exemplars)
    let half = Double(min(shape.rows, shape.columns)) / 2
    positions = eccentricities.enumerated().flatMap { ring, eccentricity in
      (0..<(eccentricity == 0 ? 1 : angles)).map { step in
        let angle = 2 * Double.pi * Double(step) / Double(angles)
        return Position(
          ring: ring, down: Int((eccentricity * half * sin(angle)).rounded()),
          across: Int((eccentricity * half * cos(angle)).rounded()))
      }
    }
    let patches = (0..<exemplars).map {
      Patch(shape, width: width ?? max(half / 7, 1), exemplar: $0, seed: seed)
    }
    var images: [Float] = []
    images.reserveCapacity(positions.count * exemplars * shape.count)
    for position in positions {
      for patch in patches {
        let plane = patch.plane(shape, position)
        for _ in 0..<shape.channels { images += plane }
      }
    }
    self.images = images
  }

  /// The image without a patch, dense `[channel, row, column]`.
  public var blank: [Float] { [Float](repeating: 0.5, count: shape.count) }

  /// Noise around a point: twice the extents of an image, so that it covers an image wherever its
  /// center is.
  private struct Patch {
    let columns: Int
    let values: [Double]

    init(_ shape: ImageShape, width: Double, exemplar: Int, seed: UInt64) {
      let stream = UnitsStream.positionNoise
      var random = RandomSequence(
        Philox(seed: seed, purpose: .analysis, stream: stream)
          .subsequence(at: UInt64(exemplar), stream: stream))
      let waves = (0..<16).map { _ in
        let angle = Double.pi * Double(random.nextUniform())
        let frequency = 2 * Double.pi * (0.125 + 0.125 * Double(random.nextUniform()))
        let phase = 2 * Double.pi * Double(random.nextUniform())
        return (frequency * sin(angle), frequency * cos(angle), phase)
      }
      let columns = 2 * shape.columns
      // Of an even number of pixels, the center is between two.
      let middle = Double(shape.rows) + Double(shape.rows - 1) / 2 - Double(shape.rows / 2)
      let center = Double(shape.columns) + Double(shape.columns - 1) / 2 - Double(shape.columns / 2)
      var values = (0..<2 * shape.rows * columns).map { index in
        let (y, x) = (Double(index / columns) - middle, Double(index % columns) - center)
        var sum = 0.0
        for (down, across, phase) in waves { sum += cos(down * y + across * x + phase) }
        return sum * exp(-(y * y + x * x) / (2 * width * width))
      }
      let largest = values.reduce(0) { max($0, abs($1)) }
      for index in values.indices { values[index] *= 0.5 / largest }
      (self.columns, self.values) = (columns, values)
    }

    /// The image with the patch at a position, of one channel.
    func plane(_ shape: ImageShape, _ position: Position) -> [Float] {
      // Row `shape.rows - shape.rows / 2` of the patch is row 0 of an image that has it in its center.
      let top = shape.rows - shape.rows / 2 - position.down
      let left = shape.columns - shape.columns / 2 - position.across
      return (0..<shape.rows * shape.columns).map { index in
        let (row, column) = (index / shape.columns + top, index % shape.columns + left)
        return Float(0.5 + values[row * columns + column])
      }
    }
  }
}
