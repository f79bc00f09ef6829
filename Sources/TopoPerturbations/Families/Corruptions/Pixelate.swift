import TopoFoundation

/// The image made smaller and enlarged again with a box filter, as Pillow does it: means are
/// rounded to bytes after each of the four passes.
final class Pixelate: CorruptionWorker {
  private let shape: ImageShape
  private let passes: [BoxPass]
  private let first: Scratch<UInt8>
  private let second: Scratch<UInt8>

  init(_ family: Corruption.Family, _ severity: Int, _ shape: ImageShape) {
    self.shape = shape
    let scale = family.choose(
      severity, common: [0.95, 0.9, 0.85, 0.75, 0.65], mnist: [0.6, 0.5, 0.4, 0.3, 0.25])
    let rows = max(1, Int(Double(shape.rows) * scale))
    let columns = max(1, Int(Double(shape.columns) * scale))
    passes = [
      BoxPass(from: shape.columns, to: columns, lines: shape.rows, along: .rows),
      BoxPass(from: shape.rows, to: rows, lines: columns, along: .columns),
      BoxPass(from: columns, to: shape.columns, lines: rows, along: .rows),
      BoxPass(from: rows, to: shape.rows, lines: shape.columns, along: .columns),
    ]
    first = Scratch(shape.rows * shape.columns)
    second = Scratch(shape.rows * shape.columns)
  }

  func corrupt(
    _ image: UnsafePointer<UInt8>, into output: UnsafeMutablePointer<UInt8>,
    random: CorruptionRandom
  ) {
    let pixels = shape.rows * shape.columns
    for channel in 0..<shape.channels {
      passes[0].apply(image + channel * pixels, into: first.start)
      passes[1].apply(first.start, into: second.start)
      passes[2].apply(second.start, into: first.start)
      passes[3].apply(first.start, into: output + channel * pixels)
    }
  }
}

/// Resampling along one axis: each pixel is the mean of those whose centers lie in its window.
private struct BoxPass {
  enum Axis { case rows, columns }

  /// The pixels of a window, and the factor of their sum in units of 2^-22, as Pillow rounds it.
  private struct Window {
    var pixels: Range<Int>
    var factor: Int
  }

  private let windows: [Window]
  private let lines: Int
  private let length: Int
  private let axis: Axis

  init(from: Int, to: Int, lines: Int, along axis: Axis) {
    (length, self.lines, self.axis) = (from, lines, axis)
    let scale = Double(from) / Double(to)
    let stretch = max(scale, 1)
    windows = (0..<to).map { place in
      let center = (Double(place) + 0.5) * scale
      let first = max(0, Int(center - stretch / 2 + 0.5))
      let end = min(from, Int(center + stretch / 2 + 0.5))
      let inside = (first..<max(end, first)).filter { pixel in
        let distance = (Double(pixel) - center + 0.5) / stretch
        return distance > -0.5 && distance <= 0.5
      }
      let pixels =
        inside.isEmpty
        ? min(first, from - 1)..<min(first, from - 1) + 1 : inside[0]..<inside[0] + inside.count
      return Window(pixels: pixels, factor: Int(0x1p22 / Double(pixels.count) + 0.5))
    }
  }

  func apply(_ plane: UnsafePointer<UInt8>, into output: UnsafeMutablePointer<UInt8>) {
    let across = axis == .rows ? 1 : lines
    for line in 0..<lines {
      let source = axis == .rows ? plane + line * length : plane + line
      let target = axis == .rows ? output + line * windows.count : output + line
      for (place, window) in windows.enumerated() {
        // Each byte is multiplied on its own, so the factor's rounding counts each time.
        var sum = 1 << 21
        for pixel in window.pixels { sum += Int(source[pixel * across]) * window.factor }
        target[place * across] = UInt8(min(sum >> 22, 255))
      }
    }
  }
}
