import Foundation
import Testing
import TopoFoundation

@testable import TopoPerturbations

@Suite("Pink filter") struct PinkFilterTests {
  private func filtered(_ field: [Float], _ rows: Int, _ columns: Int, root: Bool = false)
    -> [Float]
  {
    let filter = PinkFilter(rows: rows, columns: columns, rootOfFrequency: root)
    var field = field
    var scratch = [Float](repeating: .nan, count: filter.scratchCount)
    field.withUnsafeMutableBufferPointer { field in
      scratch.withUnsafeMutableBufferPointer { scratch in
        if let field = field.baseAddress, let scratch = scratch.baseAddress {
          filter.apply(to: field, scratch: scratch)
        }
      }
    }
    return field
  }

  /// The definition, with complex exponentials in double precision.
  private func reference(_ field: [Float], _ rows: Int, _ columns: Int, exponent: Double)
    -> [Double]
  {
    func cycles(_ index: Int, _ n: Int) -> Double {
      Double(2 * index < n ? index : index - n) / Double(n)
    }
    var output = [Double](repeating: 0, count: rows * columns)
    for ky in 0..<rows {
      for kx in 0..<columns {
        let (fy, fx) = (cycles(ky, rows), cycles(kx, columns))
        let f = ky == 0 && kx == 0 ? 1 : (fx * fx + fy * fy).squareRoot()
        var (real, imaginary) = (0.0, 0.0)
        for (index, value) in field.enumerated() {
          let phase =
            -2 * Double.pi
            * (fy * Double(index / columns) + fx * Double(index % columns))
          real += Double(value) * cos(phase)
          imaginary += Double(value) * sin(phase)
        }
        let gain = 1 / pow(f, exponent)
        for index in output.indices {
          let phase = 2 * Double.pi * (fy * Double(index / columns) + fx * Double(index % columns))
          output[index] += gain * (real * cos(phase) - imaginary * sin(phase))
        }
      }
    }
    let n = Double(output.count)
    let mean = output.reduce(0, +) / n
    let standardDeviation = (output.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n).squareRoot()
    return output.map { ($0 - mean) / standardDeviation }
  }

  @Test("answers an impulse as NumPy's FFT does") func impulse() {
    var field = [Float](repeating: 0, count: 16)
    field[0] = 1
    let output = filtered(field, 4, 4)
    let row0: [Float] = [3.659175977, 0.275982043, -0.541260846, 0.275982043]
    let row1: [Float] = [0.275982043, -0.237238098, -0.535481691, -0.237238098]
    let row2: [Float] = [-0.541260846, -0.535481691, -0.589703301, -0.535481691]
    for (value, expected) in zip(output, row0 + row1 + row2 + row1) {
      #expect(abs(value - expected) < 2e-6)
    }
    #expect(abs(output.reduce(0, +)) < 1e-5)
    #expect(abs(output.reduce(0) { $0 + $1 * $1 } - 16) < 1e-4)
  }

  @Test(
    "equals the complex transform on even and odd sizes",
    arguments: [(5, 7), (7, 4), (1, 6), (3, 1), (12, 12), (21, 18)], [false, true])
  func definition(size: (Int, Int), root: Bool) {
    let field = NormalNoise(Philox(seed: 2, purpose: .test)).numbers(size.0 * size.1)
    let expected = reference(field, size.0, size.1, exponent: root ? 0.5 : 1)
    for (value, expected) in zip(filtered(field, size.0, size.1, root: root), expected) {
      #expect(abs(Double(value) - expected) < 1e-5)
    }
  }

  @Test("leaves mean 0 and standard deviation 1, and filters channels apart")
  func standardized() throws {
    let shape = ImageShape(channels: 2, rows: 32, columns: 32)
    // Gray, at a level that does not clip.
    let images = [UInt8](repeating: 127, count: shape.count)
    let output = try Noise(.pink).apply(to: images, shape: shape, severity: 0.01, seed: 3)
    let channels = [output[..<1024], output[1024...]].map { $0.map { Double($0) - 127.0 / 255 } }
    for channel in channels {
      #expect(abs(channel.reduce(0, +) / 1024) < 1e-7)
      #expect(abs((channel.reduce(0) { $0 + $1 * $1 } / 1024).squareRoot() - 0.01) < 1e-7)
    }
    #expect(channels[0] != channels[1])
  }

  @Test("makes zero of a field of one pixel") func single() {
    #expect(filtered([3], 1, 1) == [0])
  }

  @Test("knows cosines of any part of a turn") func cosines() {
    for denominator in [1, 2, 3, 5, 8, 28, 128] {
      for numerator in -denominator...2 * denominator {
        let expected = cos(2 * Double.pi * Double(numerator) / Double(denominator))
        #expect(abs(PortableMath.cosine(turns: numerator, over: denominator) - expected) < 3e-15)
      }
    }
  }
}
