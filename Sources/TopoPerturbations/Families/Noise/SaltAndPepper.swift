import TopoFoundation

/// Sets pixels, all channels at once, to black or white.
package enum SaltAndPepper {
  /// One draw: the pixel and the coin.
  package struct Draw: Sendable, Hashable {
    /// `row * columns + column`.
    package var pixel: Int
    /// White rather than black.
    package var salt: Bool

    /// A draw.
    package init(pixel: Int, salt: Bool) {
      self.pixel = pixel
      self.salt = salt
    }
  }

  /// Number of draws on an image of `pixels` pixels: `Int(pixels * level)`, truncated.
  package static func count(pixels: Int, level: Double) -> Int { Int(Double(pixels) * level) }

  /// Sets the pixels of `image` (`[channel, row, column]`) that `draws` names, in order: later
  /// draws overwrite.
  package static func apply(
    _ draws: some Sequence<Draw>, shape: ImageShape, image: UnsafeMutablePointer<Float>
  ) {
    let pixels = shape.rows * shape.columns
    for draw in draws {
      for channel in 0..<shape.channels {
        image[channel * pixels + draw.pixel] = draw.salt ? 1 : 0
      }
    }
  }

  /// Draws with replacement: block `i` of the image gives draw `i`: words for row, column, coin.
  static func withReplacement(
    _ count: Int, shape: ImageShape, source: Philox, image index: UInt64
  ) -> some Sequence<Draw> {
    (0..<count).lazy.map { step in
      let words = source.words(at: index << 32 | UInt64(step))
      return Draw(
        pixel: Philox.integer(below: shape.rows, words.x) * shape.columns
          + Philox.integer(below: shape.columns, words.y),
        salt: words.z >> 31 == 1)
    }
  }

  /// Draws of different pixels, by Floyd's algorithm: for `last` from `pixels - count` on, a
  /// random pixel up to `last`, or `last` itself if that one is taken.
  /// - Parameter taken: `pixels` flags, all false; left all false.
  static func withoutReplacement(
    _ count: Int, shape: ImageShape, source: Philox, image index: UInt64,
    taken: UnsafeMutablePointer<Bool>
  ) -> [Draw] {
    let pixels = shape.rows * shape.columns
    var draws: [Draw] = []
    draws.reserveCapacity(count)
    for step in 0..<count {
      let words = source.words(at: index << 32 | UInt64(step))
      let last = pixels - count + step
      let candidate = Philox.integer(below: last + 1, words.x)
      let pixel = taken[candidate] ? last : candidate
      taken[pixel] = true
      draws.append(Draw(pixel: pixel, salt: words.z >> 31 == 1))
    }
    for draw in draws { taken[draw.pixel] = false }
    return draws
  }
}
