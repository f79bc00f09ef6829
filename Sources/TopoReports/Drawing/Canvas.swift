/// A picture to draw on: 8 bits, gray or RGB, white at first.
struct Canvas {
  let rows: Int
  let columns: Int
  /// 1 or 3.
  let channels: Int
  /// Dense `[row, column, channel]`.
  private(set) var pixels: [UInt8]

  init(rows: Int, columns: Int, channels: Int) {
    self.rows = rows
    self.columns = columns
    self.channels = channels
    pixels = [UInt8](repeating: 255, count: rows * columns * channels)
  }

  /// Paints a rectangle in a shade of gray. What is outside of the canvas is left out.
  mutating func fill(row: Int, column: Int, height: Int, width: Int, shade: UInt8) {
    let inside = (0..<columns).clamped(to: column..<column + width)
    for line in (0..<rows).clamped(to: row..<row + height) {
      let start = (line * columns + inside.lowerBound) * channels
      for index in start..<start + inside.count * channels { pixels[index] = shade }
    }
  }

  /// Paints a rectangle in a color, on a canvas of 3 channels. What is outside of the canvas is
  /// left out.
  mutating func fill(row: Int, column: Int, height: Int, width: Int, color: Color) {
    for line in (0..<rows).clamped(to: row..<row + height) {
      for pixel in (0..<columns).clamped(to: column..<column + width) {
        let start = (line * columns + pixel) * channels
        (pixels[start], pixels[start + 1], pixels[start + 2]) = (color.red, color.green, color.blue)
      }
    }
  }

  /// Paints an image. Each of its pixels becomes a square with edges of `magnification` pixels.
  /// - Parameter image: values in [0, 1], dense `[channel, row, column]`.
  mutating func paint(
    _ image: ArraySlice<Float>, height: Int, width: Int, row: Int, column: Int, magnification: Int
  ) {
    for line in 0..<height * magnification {
      for pixel in 0..<width * magnification {
        let source = line / magnification * width + pixel / magnification
        let target = ((row + line) * columns + column + pixel) * channels
        for channel in 0..<channels {
          let value = image[image.startIndex + channel * height * width + source]
          pixels[target + channel] = UInt8((min(max(value, 0), 1) * 255).rounded())
        }
      }
    }
  }

  /// Writes a line of text. Each pixel of the font becomes a square with edges of `size` pixels.
  /// - Parameters:
  ///   - row: row of the top of the text.
  ///   - column: column where the text begins.
  mutating func write(_ text: String, row: Int, column: Int, size: Int, shade: UInt8 = 0) {
    for (index, character) in text.enumerated() {
      let left = column + index * BitmapFont.advance * size
      for (line, bits) in BitmapFont.glyph(character).enumerated() {
        for dot in 0..<BitmapFont.columns where bits >> (BitmapFont.columns - 1 - dot) & 1 == 1 {
          fill(
            row: row + line * size, column: left + dot * size, height: size, width: size,
            shade: shade)
        }
      }
    }
  }

  /// The width of a line of text in pixels.
  static func width(of text: String, size: Int) -> Int {
    text.isEmpty ? 0 : (text.count * BitmapFont.advance - 1) * size
  }
}
