import Foundation
import Testing
import TopoFoundation

@testable import TopoPerturbations

/// Our corruptions beside what NumPy, SciPy, scikit-image, OpenCV, Pillow and ImageMagick make of
/// the same draws: `Tests/Golden/corruptions.py`.
@Suite("Corruptions beside the published libraries") struct CorruptionGoldenTests {
  /// A file: an image, then the corruptions in the order of `Kind.main` and `Kind.extra`, each at
  /// severities 1 to 5.
  struct Golden: Sendable {
    let shape: ImageShape
    let bytes: [UInt8]

    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Golden")

    init(_ name: String) throws {
      let array = try NPYArray(
        contentsOf: Self.folder.appending(path: "corruptions-\(name).npy"))
      guard case .uint8(let bytes) = array.elements, array.shape.count == 4 else {
        throw UserError(name, "holds no bytes of images")
      }
      self.bytes = bytes
      shape = ImageShape(
        channels: array.shape[1], rows: array.shape[2], columns: array.shape[3])
    }

    func image(_ index: Int) -> ArraySlice<UInt8> {
      bytes[index * shape.count..<(index + 1) * shape.count]
    }
  }

  static let color = Result { try Golden("color") }
  static let gray = Result { try Golden("gray") }
  static let mnist = Result { try Golden("mnist") }
  static let kinds = Corruption.Kind.main + Corruption.Kind.extra

  /// How many bytes in a thousand may differ, and by how much. All that are not named are the
  /// same, byte for byte.
  static func tolerance(
    _ kind: Corruption.Kind, _ family: Corruption.Family
  ) -> (share: Double, step: Int) {
    switch kind {
    // Normal numbers are Float32 here.
    case .gaussianNoise, .speckleNoise: (2, 1)
    // The last digits of its kernel's weights decide in even parts of the image.
    case .glassBlur where family == .mnist: (4, 1)
    default: (0, 0)
    }
  }

  @Test(
    "images are those of the published code",
    arguments: kinds,
    [("color", Corruption.Family.common), ("gray", .common), ("mnist", .mnist)])
  func same(_ kind: Corruption.Kind, _ file: (name: String, family: Corruption.Family)) throws {
    let files = ["color": Self.color, "gray": Self.gray, "mnist": Self.mnist]
    let golden = try #require(files[file.name]).get()
    let frost = try FrostPhotographs(folder: Golden.folder.appending(path: "frost"))
    let corruption = Corruption(kind, family: file.family, frost: frost)
    let place = try #require(Self.kinds.firstIndex(of: kind))
    let set = [UInt8](repeating: 0, count: 3 * golden.shape.count) + golden.image(0)
    for severity in 1...5 {
      let output = try corruption.apply(
        to: set, shape: golden.shape, range: 3..<4, severity: Double(severity), draw: 1, seed: 7)
      let expected = Array(golden.image(5 * place + severity))
      let steps = zip(output, expected).map { abs(Int(($0 * 255).rounded()) - Int($1)) }
      let different = steps.filter { $0 > 0 }.count
      let (share, step) = Self.tolerance(kind, file.family)
      let perThousand = 1000 * Double(different) / Double(steps.count)
      #expect(
        perThousand <= share && (steps.max() ?? 0) <= step,
        "\(corruption.label) \(file.name) \(severity): \(different) differ by up to \(steps.max() ?? 0)"
      )
    }
  }
}
