import Foundation
import TestSupport
import Testing
import TopoFoundation

@testable import TopoPerturbations

@Suite("Corruptions") struct CorruptionTests {
  static let color = ImageShape(channels: 3, rows: 32, columns: 32)
  static let gray = ImageShape(channels: 1, rows: 28, columns: 28)
  /// Sides that differ and that no vector width divides.
  static let odd = ImageShape(channels: 3, rows: 9, columns: 14)

  static let frost = Result {
    try FrostPhotographs(
      folder: CorruptionGoldenTests.Golden.folder.appending(path: "frost"))
  }

  static var all: [Corruption] {
    let frost = try? frost.get()
    return Corruption.main(frost: frost) + Corruption.extra + Corruption.mnist(frost: frost)
  }

  static func pattern(_ images: Int, _ shape: ImageShape) -> [UInt8] {
    (0..<images * shape.count).map { index in
      let wave = sin(Double(index % shape.columns) / 3) * cos(Double(index / shape.columns) / 5)
      return UInt8(max(0, min(255, 120 + 90 * wave + Double(index * 37 % 41))))
    }
  }

  private func shape(_ corruption: Corruption, odd: Bool = false) -> ImageShape {
    var shape = odd ? Self.odd : Self.color
    if corruption.family == .mnist { shape = odd ? Self.odd : Self.gray }
    if corruption.family == .mnist { shape.channels = 1 }
    return shape
  }

  @Test("at severity 0 leave images as they are", arguments: all)
  func identity(_ corruption: Corruption) throws {
    let shape = shape(corruption)
    let images = Self.pattern(2, shape)
    let output = try corruption.apply(to: images, shape: shape, severity: 0, seed: 1)
    #expect(output == images.map { Float($0) / 255 })
  }

  @Test("do not depend on the range, the threads or the order", arguments: all)
  func independent(_ corruption: Corruption) throws {
    let shape = shape(corruption, odd: true)
    let images = Self.pattern(7, shape)
    for severity in [2.0, 5] {
      func apply(_ range: Range<Int>, threads: Int) throws -> [Float] {
        try corruption.apply(
          to: images, shape: shape, range: range, severity: severity, draw: 2, seed: 5,
          threads: threads)
      }
      let whole = try apply(0..<7, threads: 1)
      #expect(try apply(0..<7, threads: 3) == whole)
      #expect(try apply(4..<7, threads: 2) == Array(whole[(4 * shape.count)...]))
      #expect(try apply(2..<2, threads: 2).isEmpty)
      // Multiples of 1/255 in [0, 1], and not the image.
      #expect(whole.allSatisfy { $0 >= 0 && $0 <= 1 && $0 == Float(UInt8($0 * 255 + 0.5)) / 255 })
      #expect(whole != images.map { Float($0) / 255 })
    }
  }

  @Test("differ between draws, seeds and images exactly when they are random", arguments: all)
  func random(_ corruption: Corruption) throws {
    let shape = shape(corruption)
    let one = Self.pattern(1, shape)
    func apply(draw: Int = 0, seed: UInt64 = 1) throws -> [Float] {
      try corruption.apply(to: one + one, shape: shape, severity: 3, draw: draw, seed: seed)
    }
    let first = try apply()
    #expect(try apply() == first)
    #expect(try (apply(draw: 1) != first) == corruption.isRandom)
    #expect(try (apply(seed: 2) != first) == corruption.isRandom)
    #expect((first[..<shape.count] != first[shape.count...]) == corruption.isRandom)
  }

  /// Those that change more at each severity than at the one before. The published tables of the
  /// others do not: severities exchange one kind of damage for another.
  static let monotonic: [Corruption] = {
    let both: [Corruption.Kind] = [
      .gaussianNoise, .shotNoise, .impulseNoise, .speckleNoise, .gaussianBlur, .defocusBlur,
      .zoomBlur, .brightness, .contrast, .jpegCompression, .snow,
    ]
    return both.flatMap { [Corruption($0), Corruption($0, family: .mnist)] }
      + [Corruption(.fog), Corruption(.pixelate)]
  }()

  @Test("distort more at each severity", arguments: monotonic)
  func grows(_ corruption: Corruption) throws {
    let shape = shape(corruption)
    let images = Self.pattern(24, shape)
    let clean = try corruption.apply(to: images, shape: shape, severity: 0, seed: 1)
    let distances = try Corruption.severities.map { severity in
      let output = try corruption.apply(to: images, shape: shape, severity: severity, seed: 1)
      return zip(output, clean).map { abs($0 - $1) }.reduce(0, +) / Float(clean.count)
    }
    #expect(distances == distances.sorted() && Set(distances).count == 5, "\(distances)")
  }

  @Test(
    "leave constant images constant",
    arguments: [
      Corruption.Kind.contrast, .pixelate, .zoomBlur, .gaussianBlur, .defocusBlur, .motionBlur,
      .glassBlur, .elasticTransform, .saturate,
    ])
  func constant(_ kind: Corruption.Kind) throws {
    for gray in [0, 1, 77, 128, 200, 255] as [UInt8] {
      let images = [UInt8](repeating: gray, count: Self.color.count)
      for severity in Corruption.severities where kind != .saturate || severity <= 3 {
        let output = try Corruption(kind).apply(
          to: images, shape: Self.color, severity: severity, seed: 3)
        // Sums of weights may fall short of 1 by rounding, and bytes are truncated.
        let least = kind == .contrast || kind == .pixelate ? gray : gray &- min(gray, 1)
        let bytes = Set(output.map { UInt8($0 * 255 + 0.5) })
        #expect(bytes.allSatisfy { (least...gray).contains($0) }, "\(bytes) of \(gray)")
      }
    }
  }

  @Test("brightness adds to gray, and clips") func brightness() throws {
    let images = [UInt8](repeating: 51, count: 392) + [UInt8](repeating: 240, count: 392)
    let output = try Corruption(.brightness).apply(
      to: images, shape: Self.gray, severity: 4, seed: 0)
    #expect(output[0] == 102.0 / 255 && output[783] == 1)
  }

  @Test("refuse what they cannot do, in a sentence") func refusals() {
    func problem(_ corruption: Corruption, _ severity: Double, _ shape: ImageShape) -> String {
      message { try corruption.check(severity: severity, shape: shape) }
    }
    let fog = Corruption(.fog)
    for severity in [0.0, 1, 5] { #expect(problem(fog, severity, Self.gray) == "no error") }
    for (severity, name) in [(-1, "-1"), (0.5, "0.5"), (6, "6"), (.nan, "nan")] {
      #expect(
        problem(fog, severity, Self.gray)
          == "corruption/fog has no severity \(name): choose from 1, 2, 3, 4, 5")
    }
    #expect(
      problem(Corruption(.fog, family: .mnist), 1, Self.color)
        == "mnist-c/fog cannot be applied to images of 3 channels: take corruption/fog for color")
    #expect(
      problem(fog, 1, ImageShape(channels: 2, rows: 9, columns: 9))
        == "corruption/fog cannot be applied to images of 2 channels: images have 1 or 3 channels")
    #expect(
      problem(fog, 1, ImageShape(channels: 1, rows: 3, columns: 9))
        == "corruption/fog cannot be applied to images of 3 x 9 pixels: images need at least 4 x 4"
    )
    #expect(
      problem(Corruption(.frost), 1, Self.color)
        == "corruption/frost needs photographs of frost: name a folder of them, or leave it out")
    #expect(throws: UserError.self) {
      try fog.apply(
        to: [0, 0, 0, 0], shape: .init(channels: 1, rows: 2, columns: 2), severity: 1, seed: 0)
    }
  }

  @Test("have names, and lists") func names() throws {
    #expect(Corruption.main.count == 15 && Corruption.extra.count == 4)
    #expect(Corruption.main(frost: nil).count == 14)
    #expect(Corruption.main(frost: try Self.frost.get()).count == 15)
    #expect(Set(Self.all.map(\.label)).count == 38)
    for corruption in Self.all where corruption.kind != .frost {
      #expect(Corruption.named(corruption.label) == corruption)
    }
    for corruption in Self.all {
      for text in [corruption.summary, corruption.reference] {
        #expect(text.count > 3 && !text.contains("\n") && !text.hasSuffix("."), "\(text)")
      }
    }
    for family in [Corruption.main + Corruption.extra, Corruption.mnist(frost: nil)] {
      #expect(Set(family.map(\.summary)).count == family.count)
    }
    #expect(Corruption.named("mnist-c/shot_noise") == Corruption(.shotNoise, family: .mnist))
    for unknown in ["fog", "corruption/", "corruption/fog/1", "weights/fog", ""] {
      #expect(Corruption.named(unknown) == nil)
    }
  }

  /// Sizes that are smallest, flat, and no multiple of any vector's width.
  static let sizes = [(4, 4), (5, 40), (33, 34)]

  @Test("have the golden means on the smallest images, and on others", arguments: all)
  func sizes(_ corruption: Corruption) throws {
    let wanted = CorruptionMeans.all[corruption.label] ?? []
    var found: [Double?] = []
    for (rows, columns) in Self.sizes {
      let shape = ImageShape(
        channels: corruption.family == .mnist ? 1 : 3, rows: rows, columns: columns)
      guard (try? corruption.check(severity: 1, shape: shape)) != nil else {
        found.append(nil)
        continue
      }
      let images = Self.pattern(2, shape)
      let output = try Corruption.severities.flatMap {
        try corruption.apply(to: images, shape: shape, severity: $0, seed: 9)
      }
      found.append(CorruptionMeans.mean(output))
    }
    let isSame = zip(found, wanted).allSatisfy { found, wanted in
      guard let found, let wanted else { return found == nil && wanted == nil }
      return abs(found - wanted) < CorruptionMeans.tolerance(corruption.kind)
    }
    #expect(isSame && found.count == wanted.count, "\(corruption.label): \(found)")
  }
}
