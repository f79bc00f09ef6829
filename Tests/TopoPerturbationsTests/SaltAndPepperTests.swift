import Testing
import TopoFoundation
import TopoPerturbations

@Suite("Salt and pepper") struct SaltAndPepperTests {
  @Test("draws as many pixels as the published code") func counts() {
    let levels = Noise.publishedLevels
    #expect(
      levels.map { SaltAndPepper.count(pixels: 784, level: $0) } == [7, 39, 78, 117, 156])
    #expect(
      levels.map { SaltAndPepper.count(pixels: 1024, level: $0) } == [10, 51, 102, 153, 204])
  }

  @Test("sets all channels of the drawn pixels, later draws over earlier ones") func scripted() {
    var image = [Float](repeating: 0.5, count: 12)
    let draws = [
      SaltAndPepper.Draw(pixel: 1, salt: true), .init(pixel: 4, salt: false),
      .init(pixel: 1, salt: false), .init(pixel: 5, salt: true),
    ]
    image.withUnsafeMutableBufferPointer { image in
      if let image = image.baseAddress {
        SaltAndPepper.apply(
          draws, shape: ImageShape(channels: 2, rows: 2, columns: 3), image: image)
      }
    }
    #expect(image == [0.5, 0, 0.5, 0.5, 0, 1, 0.5, 0, 0.5, 0.5, 0, 1])
  }

  private func apply(
    _ noise: Noise, level: Double, images: Int, shape: ImageShape
  ) throws -> [Float] {
    try noise.apply(
      to: [UInt8](repeating: 128, count: images * shape.count), shape: shape,
      severity: level, seed: 8)
  }

  @Test("with replacement changes less than the level") func share() throws {
    let shape = ImageShape(channels: 1, rows: 28, columns: 28)
    let output = try apply(Noise(.saltAndPepper), level: 0.2, images: 200, shape: shape)
    let salt = output.count { $0 == 1 }
    let pepper = output.count { $0 == 0 }
    let changed = Double(salt + pepper) / Double(output.count)
    // 1 - (1 - 1/784)^156, within five standard errors of 200 images.
    #expect(abs(changed - 0.1805) < 0.002)
    #expect(abs(Double(salt) / Double(salt + pepper) - 0.5) < 0.02)
  }

  @Test("reaches every row and column") func uniform() throws {
    let shape = ImageShape(channels: 1, rows: 4, columns: 5)
    let output = try apply(Noise(.saltAndPepper), level: 0.05, images: 4000, shape: shape)
    var counts = [Int](repeating: 0, count: 20)
    for (index, value) in output.enumerated() where value != Float(128) / 255 {
      counts[index % 20] += 1
    }
    #expect(counts.reduce(0, +) == 4000)
    #expect(counts.allSatisfy { abs($0 - 200) < 75 })
  }

  @Test("without replacement changes exactly the level's share of pixels, evenly")
  func distinct() throws {
    let shape = ImageShape(channels: 2, rows: 4, columns: 5)
    let noise = Noise(.saltAndPepper, withReplacement: false)
    let output = try apply(noise, level: 0.5, images: 1000, shape: shape)
    var counts = [Int](repeating: 0, count: 20)
    for image in 0..<1000 {
      let first = output[image * 40..<image * 40 + 20]
      #expect(first.elementsEqual(output[image * 40 + 20..<image * 40 + 40]))
      #expect(first.count { $0 == 0 || $0 == 1 } == 10)
      for (pixel, value) in first.enumerated() where value == 0 || value == 1 {
        counts[pixel] += 1
      }
    }
    #expect(counts.allSatisfy { abs($0 - 500) < 80 })
    let full = try apply(noise, level: 1, images: 1, shape: shape)
    #expect(full.allSatisfy { $0 == 0 || $0 == 1 })
  }
}
