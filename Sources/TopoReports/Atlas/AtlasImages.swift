import TopoData
import TopoFoundation

/// The images that units respond to, for pictures on a page.
///
/// ```swift
/// let images = AtlasImages(dataset.test)
/// let others = try AtlasImages(contentsOf: "images.npy")   // of any program
/// ```
public struct AtlasImages: Sendable {
  /// Number of images.
  public let count: Int
  let rows: Int
  let columns: Int
  /// 1 for gray, 3 for RGB.
  let channels: Int
  /// In any order of extents, which the strides say.
  private let values: [UInt8]
  private let strides: (image: Int, row: Int, column: Int, channel: Int)

  /// The largest edge of a picture. Larger images are reduced, so that the page stays small.
  static let largestEdge = 64

  /// The images of a data set, of 1 or 3 channels.
  public init(_ set: ImageSet) {
    let shape = set.shape
    (count, rows, columns, channels) = (set.count, shape.rows, shape.columns, shape.channels)
    values = set.images
    strides = (shape.count, shape.columns, 1, shape.rows * shape.columns)
  }

  /// Reads an array `[image, row, column]`, `[image, row, column, channel]` or
  /// `[image, channel, row, column]`, with 1 or 3 channels, and values in [0, 255] or [0, 1].
  /// - Throws: `UserError` if the file cannot be read, or has another shape or other values.
  public init(contentsOf path: String) throws {
    let array = try NumericArray(path) { Float($0) }
    var shape = array.shape
    if shape.count == 3 { shape.append(1) }
    guard shape.count == 4, shape.allSatisfy({ $0 > 0 }) else {
      throw UserError(
        path,
        "has the shape \(array.shape); images have the shape [image, row, column], "
          + "[image, row, column, channel] or [image, channel, row, column]")
    }
    count = shape[0]
    if [1, 3].contains(shape[3]) {
      (rows, columns, channels) = (shape[1], shape[2], shape[3])
      strides = (rows * columns * channels, columns * channels, channels, 1)
    } else if [1, 3].contains(shape[1]) {
      (channels, rows, columns) = (shape[1], shape[2], shape[3])
      strides = (rows * columns * channels, columns, 1, rows * columns)
    } else {
      throw UserError(path, "has the shape \(array.shape); images have 1 or 3 channels")
    }
    guard let low = array.values.min(), let high = array.values.max(), low >= 0, high <= 255,
      array.values.allSatisfy(\.isFinite)
    else {
      throw UserError(
        path, "holds values outside of [0, 255]; give images before their normalization")
    }
    let scale: Float = high <= 1 ? 255 : 1
    values = array.values.map { UInt8(($0 * scale).rounded()) }
  }

  /// The smallest whole factor by which edges are divided to be at most `largestEdge`.
  var reduction: Int { (max(rows, columns) + Self.largestEdge - 1) / Self.largestEdge }

  /// The extents of a picture.
  var size: (rows: Int, columns: Int) { (max(rows / reduction, 1), max(columns / reduction, 1)) }

  /// A byte of a picture: the mean of the pixels that it stands for.
  func byte(_ image: Int, row: Int, column: Int, channel: Int) -> UInt8 {
    let start = image * strides.image + channel * strides.channel
    let (height, width) = (min(reduction, rows), min(reduction, columns))
    var sum = 0
    for down in 0..<height {
      for across in 0..<width {
        let place = start + (row * reduction + down) * strides.row
        sum += Int(values[place + (column * reduction + across) * strides.column])
      }
    }
    return UInt8((sum + height * width / 2) / (height * width))
  }
}
