import Testing
import TopoFoundation
import TopoPerturbations

/// MNIST-C's own corruptions beside NumPy's and scikit-image's (`Tests/Golden/mnist_corruptions.py`).
@Suite("MNIST-C's own corruptions against the published code") struct GoldenMNISTCorruptionTests {
  private static let seed: UInt64 = 5 << 32 + 17

  @Test("images have the same bytes", arguments: MNISTCorruption.all, [(28, 28), (16, 20)])
  func sameBytes(_ corruption: MNISTCorruption, _ extents: (rows: Int, columns: Int)) throws {
    let golden = try GoldenFile("mnist-corruptions")
    let family = "\(extents.rows)x\(extents.columns)"
    let images = try golden["\(family)/images"].elements.map { UInt8($0) }
    let expected = try golden["\(family)/\(corruption.kind.rawValue)"]
    let shape = ImageShape(channels: 1, rows: extents.rows, columns: extents.columns)
    try #require(expected.shape[0] == corruption.severities.count)
    for (index, severity) in corruption.severities.enumerated() {
      let output = try corruption.apply(
        to: images, shape: shape, severity: severity, draw: 3, seed: Self.seed)
      let wanted = expected.elements[index * images.count..<(index + 1) * images.count]
      let differences = zip(output, wanted).map { abs(($0 * 255).rounded() - $1) }
      // Sines and logarithms differ in the last digit: a byte may fall to the other side.
      let one = differences.count { $0 == 1 }
      #expect(one <= 2, "severity \(severity): \(one) bytes differ by 1")
      #expect(differences.allSatisfy { $0 <= 1 }, "severity \(severity)")
    }
  }
}
