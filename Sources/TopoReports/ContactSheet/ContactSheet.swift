import Foundation
import TopoData
import TopoFoundation
import TopoPerturbations

/// A picture of images under perturbations: one row for each perturbation, with the original first
/// and then the severities.
///
/// Rows with the same severities share a heading. Others have a heading of their own, such as
/// noises with their levels after corruptions with their severities.
///
/// ```swift
/// let sheet = try ContactSheet(images: dataset.test, rows: [.init(Noise(.white))])
/// try sheet.write(to: URL(filePath: "noise.png"))
/// ```
public struct ContactSheet: Sendable {
  /// A perturbation and its severities in the picture.
  public struct Row: Sendable {
    /// The perturbation.
    public var perturbation: any ImagePerturbation
    /// Severities from left to right.
    public var severities: [Double]
    /// Seed of the perturbation. The picture has draw 0.
    public var seed: UInt64

    /// A row.
    /// - Parameter severities: nil for the default severities of the perturbation.
    public init(
      _ perturbation: any ImagePerturbation, severities: [Double]? = nil, seed: UInt64 = 0
    ) {
      self.perturbation = perturbation
      self.severities = severities ?? perturbation.severities
      self.seed = seed
    }

    /// The first draw of a sweep.
    public init(_ sweep: PerturbationSweep) {
      self.init(sweep.perturbation, severities: sweep.severities, seed: sweep.seed)
    }
  }

  /// The images in the picture, gray or RGB.
  public let images: ImageSet
  /// Number of images for each perturbation, one below the other.
  public let examples: Int
  /// Perturbations from top to bottom.
  public let rows: [Row]
  /// Pixels of the picture for each pixel of an image, in both directions.
  public let magnification: Int

  /// Approximate longer edge of an image in the picture.
  private static let usualEdge = 96
  /// The picture must fit in memory.
  private static let mostPixels = 1 << 28

  /// A contact sheet.
  /// - Parameters:
  ///   - images: the images, of which the first `examples` are drawn.
  ///   - examples: number of images for each perturbation.
  ///   - rows: perturbations from top to bottom.
  ///   - magnification: pixels of the picture for each pixel of an image, in both directions; nil
  ///     to make the longer edge of an image up to 96 pixels long.
  /// - Throws: `UserError` if there is no row, images are neither gray nor RGB or fewer than
  ///   `examples`, a severity is impossible, or the picture would be too large.
  public init(
    images: ImageSet, examples: Int = 1, rows: [Row], magnification: Int? = nil
  ) throws {
    let shape = images.shape
    guard shape.channels == 1 || shape.channels == 3 else {
      throw UserError(
        "images of \(shape.channels) channels cannot be drawn: give gray images or images of three "
          + "colors")
    }
    guard !rows.isEmpty else {
      throw UserError("there is no perturbation to draw examples of: name at least one")
    }
    if let magnification, !(1...64).contains(magnification) {
      throw UserError(
        "the magnification is \(magnification), but it must be from 1 to 64")
    }
    for row in rows {
      for severity in row.severities {
        try row.perturbation.check(severity: severity, shape: shape)
      }
    }
    self.images = try images.subset(examples)
    self.examples = examples
    self.rows = rows
    self.magnification =
      magnification ?? max(1, Self.usualEdge / max(shape.rows, shape.columns))
    let layout = ContactSheetLayout(self)
    guard layout.height * layout.width <= Self.mostPixels else {
      throw UserError(
        "the picture would have \(layout.height) x \(layout.width) pixels: draw fewer examples or "
          + "perturbations in one picture")
    }
  }

  /// Writes the picture as a PNG file, completely or not at all.
  /// - Throws: `UserError` if the file cannot be written; what perturbations throw.
  public func write(to url: URL) throws {
    let canvas = try drawn()
    try PNG.write(
      canvas.pixels, rows: canvas.rows, columns: canvas.columns, channels: canvas.channels, to: url)
  }

  /// The picture.
  func drawn() throws -> Canvas {
    let layout = ContactSheetLayout(self)
    var canvas = Canvas(
      rows: layout.height, columns: layout.width, channels: images.shape.channels)
    for band in layout.bands {
      layout.writeHeading(of: band, on: &canvas)
      for (index, row) in band.rows.enumerated() {
        let top = band.top + index * layout.rowPitch
        layout.writeName(row.perturbation.label, top: top, on: &canvas)
        try draw(row, [0] + row.severities, columns: band.columns(of: row), top, layout, &canvas)
      }
    }
    return canvas
  }

  private func draw(
    _ row: Row, _ severities: [Double], columns: [Int], _ top: Int, _ layout: ContactSheetLayout,
    _ canvas: inout Canvas
  ) throws {
    let shape = images.shape
    for (severity, column) in zip(severities, columns) {
      let values = try row.perturbation.apply(
        to: images.images, shape: shape, severity: severity, draw: 0, seed: row.seed)
      for example in 0..<examples {
        let corner = (row: top + example * layout.examplePitch, column: layout.left(of: column))
        // A frame of one pixel, because white images would have no edge on the white background.
        canvas.fill(
          row: corner.row - 1, column: corner.column - 1, height: layout.imageHeight + 2,
          width: layout.imageWidth + 2, shade: 170)
        canvas.paint(
          values[example * shape.count..<(example + 1) * shape.count], height: shape.rows,
          width: shape.columns, row: corner.row, column: corner.column,
          magnification: magnification)
      }
    }
  }
}
