import TopoFoundation

/// Some images as tiles of one picture, row by row: one file for all of them.
struct ImageSprite {
  /// The bytes of a PNG file.
  let png: [UInt8]
  /// Tiles in a row.
  let tilesPerRow: Int
  /// Rows of tiles.
  let tileRows: Int

  /// A picture of images.
  /// - Parameter chosen: indices of the images, one at least.
  init(_ images: AtlasImages, _ chosen: [Int]) throws {
    let size = images.size
    tilesPerRow = min(max(1, 1024 / size.columns), chosen.count)
    tileRows = (chosen.count + tilesPerRow - 1) / tilesPerRow
    let width = tilesPerRow * size.columns
    var pixels = [UInt8](repeating: 0, count: tileRows * size.rows * width * images.channels)
    for (tile, image) in chosen.enumerated() {
      let (down, across) = tile.quotientAndRemainder(dividingBy: tilesPerRow)
      for row in 0..<size.rows {
        for column in 0..<size.columns {
          let place = (down * size.rows + row) * width + across * size.columns + column
          for channel in 0..<images.channels {
            pixels[place * images.channels + channel] = images.byte(
              image, row: row, column: column, channel: channel)
          }
        }
      }
    }
    png = try PNG.data(
      pixels, rows: tileRows * size.rows, columns: width, channels: images.channels)
  }
}
