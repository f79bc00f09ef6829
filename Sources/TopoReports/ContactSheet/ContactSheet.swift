import Foundation
import TopoData
import TopoFoundation
import TopoPerturbations

/// A picture of what perturbations do: a row for each, the original in front, then the severities.
///
/// Rows whose severities agree stand under one heading; others begin a new one, as noise with its
/// levels does after corruptions with their steps.
public struct ContactSheet: Sendable {
  /// A perturbation and its severities in the picture.
  public struct Row: Sendable {
    /// What perturbs the images.
    public var perturbation: any ImagePerturbation
    /// Severities from left to right.
    public var severities: [Double]
    /// Seed of the perturbation; the picture has draw 0.
    public var seed: UInt64

    /// A row; with the perturbation's own severities by default.
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

  /// The images, of which the picture has the first `examples`, in gray or RGB.
  public let images: ImageSet
  /// Images of each perturbation, one below the other.
  public let examples: Int
  /// Perturbations from top to bottom.
  public let rows: [Row]
  /// Pixels of the picture for each pixel of an image, in both directions.
  public let magnification: Int

  /// Longer edge of an image in the picture, about.
  private static let usualEdge = 96
  /// Far more than a person looks at; keeps the picture in memory.
  private static let mostPixels = 1 << 28

  /// A contact sheet.
  /// - Parameter magnification: by default such that an image's edge takes up to 96 pixels.
  /// - Throws: `UserError` when there is nothing to draw, images are neither gray nor RGB, a
  ///   perturbation cannot be applied, or the picture would be too large; `UserError` when there
  ///   are fewer images.
  public init(
    images: ImageSet, examples: Int = 1, rows: [Row], magnification: Int? = nil
  ) throws {
    let shape = images.shape
    guard shape.channels == 1 || shape.channels == 3 else {
      throw UserError(
        "images of \(shape.channels) channels cannot be drawn: examples are for gray images and "
          + "images in three colors")
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
        "the picture would have \(layout.height) x \(layout.width) pixels: show fewer examples or "
          + "perturbations in one picture")
    }
  }

  /// Writes the picture as a PNG file, whole or not at all.
  /// - Throws: `UserError`, or what perturbations throw.
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
        let place = (row: top + example * layout.examplePitch, column: layout.left(of: column))
        // A hair line, as white images would have no edge on white paper.
        canvas.fill(
          row: place.row - 1, column: place.column - 1, height: layout.imageHeight + 2,
          width: layout.imageWidth + 2, shade: 170)
        canvas.paint(
          values[example * shape.count..<(example + 1) * shape.count], height: shape.rows,
          width: shape.columns, row: place.row, column: place.column, magnification: magnification)
      }
    }
  }
}
