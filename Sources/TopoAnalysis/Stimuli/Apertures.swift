import TopoFoundation

/// Rings around the center of an image, each two pixels wide, through which parts of images show.
///
/// Ring `k` has the pixels at a distance in `[2 k, 2 k + 2)` from the center `((rows - 1) / 2,
/// (columns - 1) / 2)`. There are as many rings as fit into the smaller side: 7 for 28 x 28, 8 for
/// 32 x 32. Pixels beyond the last ring (168 of 784, 212 of 1,024) never show.
///
/// ```swift
/// let apertures = Apertures(ImageShape(channels: 1, rows: 28, columns: 28))
/// apertures.counts                                           // [12, 40, 60, 96, 108, 132, 168]
/// let masked = apertures.images(images, ring: 0, fill: [0])  // what is within 2 pixels
/// ```
public struct Apertures: Sendable, Hashable {
  /// Extents of an image.
  public let shape: ImageShape
  /// By pixel, `[row, column]`: its ring; nil beyond the last one.
  public let rings: [Int?]
  /// By ring: its number of pixels.
  public let counts: [Int]
  /// By ring: the middle of its distances, divided by half of the smaller side.
  public let eccentricities: [Double]

  /// The rings of an image.
  /// - Parameter width: of a ring, in pixels.
  public init(_ shape: ImageShape, width: Double = 2) {
    self.shape = shape
    let half = Double(min(shape.rows, shape.columns)) / 2
    let count = max(Int(half / width), 1)
    let (middle, center) = (Double(shape.rows - 1) / 2, Double(shape.columns - 1) / 2)
    rings = (0..<shape.rows * shape.columns).map { pixel in
      let down = Double(pixel / shape.columns) - middle
      let across = Double(pixel % shape.columns) - center
      let ring = Int((down * down + across * across).squareRoot() / width)
      return ring < count ? ring : nil
    }
    var counts = [Int](repeating: 0, count: count)
    for ring in rings { if let ring { counts[ring] += 1 } }
    self.counts = counts
    eccentricities = (0..<count).map { (Double($0) + 0.5) * width / half }
  }

  /// Number of pixels beyond the last ring.
  public var pixelsBeyond: Int { rings.count { $0 == nil } }

  /// Images of which a ring shows; all else is filled.
  /// - Parameters:
  ///   - images: dense `[image, channel, row, column]`.
  ///   - fill: by channel, such as the mean of the data set.
  public func images(_ images: [Float], ring: Int, fill: [Float]) -> [Float] {
    precondition(fill.count == shape.channels, "a value per channel")
    let plane = shape.rows * shape.columns
    var masked = images
    for index in images.indices where rings[index % plane] != ring {
      masked[index] = fill[index / plane % shape.channels]
    }
    return masked
  }

  /// The image of which nothing shows, dense `[channel, row, column]`.
  public func blank(fill: [Float]) -> [Float] {
    precondition(fill.count == shape.channels, "a value per channel")
    return fill.flatMap { [Float](repeating: $0, count: shape.rows * shape.columns) }
  }

  /// Means of a map over the rings; 0 for a ring without pixels.
  /// - Parameter map: dense `[row, column]`.
  public func means(of map: [Double]) -> [Double] {
    precondition(map.count == rings.count, "a value per pixel")
    var sums = [Double](repeating: 0, count: counts.count)
    for (value, ring) in zip(map, rings) { if let ring { sums[ring] += value } }
    return zip(sums, counts).map { $1 > 0 ? $0 / Double($1) : 0 }
  }
}
