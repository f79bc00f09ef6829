import Testing
import TopoFoundation
import TopoPerturbations

@Suite("Noise") struct NoiseTests {
  static let gray = ImageShape(channels: 1, rows: 28, columns: 28)
  /// Sizes that no vector width divides.
  static let color = ImageShape(channels: 3, rows: 9, columns: 10)

  static func pattern(_ images: Int, _ shape: ImageShape) -> [UInt8] {
    (0..<images * shape.count).map { UInt8(truncatingIfNeeded: $0 * 37 + $0 / 256) }
  }

  static let all = [
    Noise(.white), Noise(.pink), Noise(.pink, spectrum: .pink), Noise(.saltAndPepper),
    Noise(.saltAndPepper, withReplacement: false),
  ]

  @Test("at level 0 leaves images clean", arguments: all) func identity(_ noise: Noise) throws {
    let images = Self.pattern(2, Self.gray)
    let output = try noise.apply(to: images, shape: Self.gray, severity: 0, seed: 1)
    #expect(output == images.map { Float($0) / 255 })
  }

  @Test("does not depend on the range, the threads or the order", arguments: all)
  func independent(_ noise: Noise) throws {
    let images = Self.pattern(7, Self.color)
    func apply(_ range: Range<Int>, threads: Int) throws -> [Float] {
      try noise.apply(
        to: images, shape: Self.color, range: range, severity: 0.1, draw: 2, seed: 5,
        threads: threads)
    }
    let whole = try apply(0..<7, threads: 1)
    #expect(try apply(0..<7, threads: 3) == whole)
    #expect(try apply(4..<7, threads: 2) == Array(whole[(4 * Self.color.count)...]))
    #expect(try apply(2..<2, threads: 2).isEmpty)
  }

  @Test("differs between seeds, levels, draws and images", arguments: all)
  func distinct(_ noise: Noise) throws {
    let images = [UInt8](repeating: 128, count: 2 * Self.gray.count)
    func apply(level: Double = 0.1, draw: Int = 0, seed: UInt64 = 1) throws -> [Float] {
      try noise.apply(to: images, shape: Self.gray, severity: level, draw: draw, seed: seed)
    }
    let first = try apply()
    #expect(try first == apply())
    #expect(try first != apply(draw: 1))
    #expect(try first != apply(seed: 2))
    #expect(try first != apply(level: (0.1 as Double).nextUp))
    #expect(first[..<Self.gray.count] != first[Self.gray.count...])
    #expect(first.allSatisfy { $0 >= 0 && $0 <= 1 })
  }

  @Test("white adds given draws, and clips") func given() {
    var values: [Float] = [0.5, 0.95, 0.05, 0.5]
    let draws: [Float] = [2, 1, -1, 0]
    draws.withUnsafeBufferPointer { draws in
      values.withUnsafeMutableBufferPointer { values in
        if let draws = draws.baseAddress, let values = values.baseAddress {
          Noise.addClipped(draws, level: 0.1, to: values, 4)
        }
      }
    }
    #expect(values == [0.7, 1, 0, 0.5])
  }

  @Test("white adds the normal numbers of the image's positions") func positions() throws {
    let images = [UInt8](repeating: 102, count: 2 * Self.gray.count)
    let noise = Noise(.white)
    let output = try noise.apply(to: images, shape: Self.gray, severity: 0.05, draw: 3, seed: 9)
    let source = noise.source(seed: 9, level: 0.05, draw: 3)
    let expected = NormalNoise(source).numbers(Self.gray.count, from: 1 << 32)
      .map { min(max(0.4 + Float(0.05) * $0, 0), 1) }
    #expect(Array(output[Self.gray.count...]) == expected)
  }

  @Test("white is halved by clipping on black") func black() throws {
    // Mean of max(s e, 0) is s / sqrt(2 pi); its standard error over 250,880 pixels is 1.2e-4.
    let images = [UInt8](repeating: 0, count: 320 * Self.gray.count)
    let output = try Noise(.white).apply(to: images, shape: Self.gray, severity: 0.1)
    let mean = output.reduce(0) { $0 + Double($1) } / Double(output.count)
    #expect(abs(mean - 0.039894) < 4e-4)
  }

  @Test("has the labels of records") func labels() {
    #expect(
      Self.all.map(\.label) == ["white", "pink", "pink-1f", "salt-pepper", "salt-pepper-distinct"])
  }
}
