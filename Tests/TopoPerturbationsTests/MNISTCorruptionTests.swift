import Foundation
import TestSupport
import Testing
import TopoFoundation

@testable import TopoPerturbations

@Suite("MNIST-C's own corruptions") struct MNISTCorruptionTests {
  static let shape = ImageShape(channels: 1, rows: 28, columns: 28)

  /// Images with every byte value, rough and smooth, black around the edge as digits are.
  static func images(_ count: Int, shape: ImageShape = shape) -> [UInt8] {
    (0..<count * shape.count).map { index in
      let (image, pixel) = (index / shape.count, index % shape.count)
      let (row, column) = (pixel / shape.columns, pixel % shape.columns)
      let inside =
        row > 3 && row < shape.rows - 4 && column > 3 && column < shape.columns - 4
      return inside ? UInt8(truncatingIfNeeded: (row * 9 + image * 41) ^ (column * 5)) : 0
    }
  }

  private func bytes(
    _ kind: MNISTCorruption.Kind, _ images: [UInt8], severity: Double = 1,
    shape: ImageShape = Self.shape, draw: Int = 0, seed: UInt64 = 0
  ) throws -> [UInt8] {
    try MNISTCorruption(kind).apply(
      to: images, shape: shape, severity: severity, draw: draw, seed: seed
    ).map { UInt8(($0 * 255).rounded()) }
  }

  @Test("severity 0 and identity leave images as they are") func identity() throws {
    let images = Self.images(3)
    for corruption in MNISTCorruption.all {
      #expect(
        try corruption.apply(to: images, shape: Self.shape, severity: 0)
          == images.map { Float($0) / 255 })
    }
    #expect(try bytes(.identity, images) == images)
  }

  @Test("inverting or striping twice gives the image back") func involutions() throws {
    let images = Self.images(3)
    for kind in [MNISTCorruption.Kind.inverse, .stripe] {
      let once = try bytes(kind, images)
      #expect(once != images)
      #expect(try bytes(kind, once) == images, "\(kind)")
    }
  }

  @Test("stripes cover seven columns on either side") func stripes() throws {
    let output = try bytes(.stripe, [UInt8](repeating: 40, count: 784))
    for (pixel, value) in output.enumerated() {
      #expect(value == (pixel % 28 < 7 || pixel % 28 >= 21 ? 215 : 40))
    }
  }

  @Test("one bit leaves black and white, five bits 32 levels") func quantize() throws {
    let ramp = (0..<784).map { UInt8($0 % 256) }
    #expect(Set(try bytes(.quantize, ramp, severity: 5)) == [0, 255])
    #expect(Set(try bytes(.quantize, ramp, severity: 1)).count == 32)
    #expect(try bytes(.quantize, ramp, severity: 5)[127...128] == [0, 255])
  }

  @Test("a translation moves a point by its pixels, over all four directions")
  func translate() throws {
    var point = [UInt8](repeating: 0, count: 784)
    point[14 * 28 + 13] = 200
    let images = Array((0..<64).map { _ in point }.joined())
    let output = try bytes(.translate, images, severity: 3)
    var places: [Int: Int] = [:]
    for image in 0..<64 {
      let moved = Array(output[image * 784..<(image + 1) * 784])
      let place = try #require(moved.firstIndex(of: 200))
      #expect(moved.count { $0 != 0 } == 1)
      places[place, default: 0] += 1
    }
    #expect(
      Set(places.keys)
        == [11 * 28 + 10, 11 * 28 + 16, 17 * 28 + 10, 17 * 28 + 16])
    #expect(places.values.allSatisfy { $0 > 4 })
  }

  @Test("maps keep the center: a symmetric image stays symmetric about it") func center() throws {
    var square = [UInt8](repeating: 0, count: 784)
    for row in 9..<19 { for column in 9..<19 { square[row * 28 + column] = 255 } }
    for kind in [MNISTCorruption.Kind.rotate, .shear, .scale] {
      for severity in [1.0, 2, 3, 4, 5] {
        let output = try bytes(kind, square, severity: severity)
        // A byte may fall to the other side.
        for (one, other) in zip(output, output.reversed()) {
          #expect(abs(Int(one) - Int(other)) <= 1, "\(kind) \(severity)")
        }
        #expect(output[13 * 28 + 13] == 255)
      }
    }
  }

  @Test("shrinking leaves the share of the area that the table says") func scale() throws {
    var square = [UInt8](repeating: 0, count: 784)
    for row in 4..<24 { for column in 4..<24 { square[row * 28 + column] = 255 } }
    for (index, share) in [0.9, 0.8, 0.7, 0.6, 0.5].enumerated() {
      let output = try bytes(.scale, square, severity: Double(index + 1))
      let area = output.reduce(0.0) { $0 + Double($1) / 255 }
      #expect(abs(area / 400 - share * share) < 0.03, "\(share): \(area)")
    }
  }

  @Test("lines only brighten; dashes leave every other pair of columns alone") func lines() throws {
    let images = Self.images(40)
    for kind in [MNISTCorruption.Kind.line, .dottedLine, .zigzag] {
      let output = try bytes(kind, images)
      #expect(zip(output, images).allSatisfy { $0 >= $1 }, "\(kind)")
      for image in 0..<40 {
        #expect(
          output[image * 784..<(image + 1) * 784] != images[image * 784..<(image + 1) * 784],
          "\(kind)")
      }
    }
    let dashed = try bytes(.dottedLine, images)
    for (pixel, pair) in zip(dashed, images).enumerated() where pixel % 28 % 4 < 2 {
      #expect(pair.0 == pair.1)
    }
    #expect(try bytes(.line, images) != bytes(.zigzag, images))
  }

  @Test("edges are black and white, and never at the border") func edges() throws {
    let images = Self.images(20)
    let output = try bytes(.cannyEdges, images)
    #expect(Set(output) == [0, 255])
    for (index, value) in output.enumerated() {
      let (row, column) = (index % 784 / 28, index % 28)
      if row == 0 || row == 27 || column == 0 || column == 27 { #expect(value == 0) }
    }
    // Nothing to see, no edge; a step, one line of edges.
    #expect(try bytes(.cannyEdges, [UInt8](repeating: 90, count: 784)).allSatisfy { $0 == 0 })
    let step = (0..<784).map { UInt8($0 % 28 < 12 ? 0 : 255) }
    let line = try bytes(.cannyEdges, step)
    for row in 5..<23 {
      let columns = (0..<28).filter { line[row * 28 + $0] == 255 }
      #expect(columns.count <= 2 && columns.contains { $0 == 11 || $0 == 12 }, "\(columns)")
    }
  }

  @Test("weak edges count only where strong ones lead to them") func hysteresis() throws {
    // A step of height h between columns has a gradient of 2.56 h / 255: below 20 it is weak, from 10
    // on an edge at all. One step is weak in rows 0 to 3 and strong below, another weak throughout.
    func ramp(strong: Bool) -> [UInt8] {
      (0..<784).map { pixel in
        let (row, column) = (pixel / 28, pixel % 28)
        return column < 14 ? 0 : UInt8(strong ? 12 + 2 * row : 15)
      }
    }
    let (alone, led) = (
      try bytes(.cannyEdges, ramp(strong: false)), try bytes(.cannyEdges, ramp(strong: true))
    )
    #expect((2..<26).allSatisfy { row in !alone[row * 28 + 10..<row * 28 + 18].contains(255) })
    #expect((2..<26).allSatisfy { row in led[row * 28 + 10..<row * 28 + 18].contains(255) })
  }

  @Test("distortion grows with severity") func growth() throws {
    let images = Self.images(50)
    for kind in [MNISTCorruption.Kind.rotate, .shear, .scale, .translate, .quantize] {
      let distances = try [1.0, 2, 3, 4, 5].map { severity in
        zip(try bytes(kind, images, severity: severity), images)
          .reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
      }
      if kind == .quantize { #expect(distances == distances.sorted(), "\(distances)") }
      #expect(distances[0] < distances[4] && distances[0] > 0, "\(kind): \(distances)")
    }
  }

  @Test("a result depends on neither threads nor the range", arguments: MNISTCorruption.all)
  func independence(_ corruption: MNISTCorruption) throws {
    let images = Self.images(23)
    let severity = corruption.severities[corruption.severities.count - 1]
    func run(_ range: Range<Int>, threads: Int) throws -> [Float] {
      try corruption.apply(
        to: images, shape: Self.shape, range: range, severity: severity, draw: 1, seed: 9,
        threads: threads)
    }
    let all = try run(0..<23, threads: 1)
    #expect(all.allSatisfy { (0...1).contains($0) })
    #expect(try run(0..<23, threads: 3) == all)
    #expect(try run(5..<17, threads: 2) == Array(all[5 * 784..<17 * 784]))
    #expect(try run(22..<23, threads: 8) == Array(all[22 * 784..<23 * 784]))
    #expect(try run(4..<4, threads: 2).isEmpty)
  }

  @Test("draws and seeds differ exactly where they should", arguments: MNISTCorruption.all)
  func draws(_ corruption: MNISTCorruption) throws {
    let images = Self.images(20)
    let first = try bytes(corruption.kind, images)
    #expect(try bytes(corruption.kind, images, draw: 1) == first || corruption.isRandom)
    #expect(try bytes(corruption.kind, images, draw: 1) != first || !corruption.isRandom)
    #expect(try bytes(corruption.kind, images, seed: 1) != first || !corruption.isRandom)
  }

  @Test("what cannot be applied is refused in a sentence") func refusals() throws {
    func problem(
      _ kind: MNISTCorruption.Kind, _ severity: Double, _ shape: ImageShape = Self.shape
    ) -> String {
      message { try MNISTCorruption(kind).check(severity: severity, shape: shape) }
    }
    #expect(problem(.shear, 5) == "no error")
    #expect(
      problem(.shear, 6) == "mnist-c/shear has no severity 6: choose from 1, 2, 3, 4, 5")
    #expect(problem(.shear, 1.5).contains("no severity 1.5"))
    #expect(problem(.shear, -1).contains("no severity -1"))
    #expect(problem(.shear, .nan).contains("no severity nan"))
    #expect(problem(.stripe, 2) == "mnist-c/stripe has no severity 2: it has 1 only")
    let color = ImageShape(channels: 3, rows: 32, columns: 32)
    #expect(problem(.shear, 1, color).contains("is for gray images, but these are 3 x 32 x 32"))
    #expect(problem(.shear, 0, color) == "no error")
    let tiny = ImageShape(channels: 1, rows: 7, columns: 28)
    #expect(problem(.zigzag, 1, tiny).contains("at least 8 x 8"))
    #expect(throws: UserError.self) { try bytes(.shear, Self.images(1), severity: 9) }
  }

  @Test("names and the published set") func names() {
    #expect(MNISTCorruption.named("mnist-c/dotted-line") == MNISTCorruption(.dottedLine))
    #expect(MNISTCorruption.named("canny-edges")?.label == "mnist-c/canny-edges")
    #expect(MNISTCorruption.named("mnist-c/fog") == nil)
    #expect(Set(MNISTCorruption.all.map(\.label)).count == 12)
    // Every published name is one of the two kinds' and has the published severity.
    let published = CorruptionFolder.publishedMNIST
    #expect(published.count == 16)
    let own = published.compactMap { MNISTCorruption.named($0.name) }
    #expect(
      own.map(\.label)
        == [
          "identity", "shear", "scale", "rotate", "translate", "stripe", "dotted-line", "zigzag",
          "canny-edges",
        ].map { "mnist-c/\($0)" })
    for (name, severity) in published {
      let shared = Corruption.named("mnist-c/\(name)")
      let severities = MNISTCorruption.named(name)?.severities ?? shared?.severities ?? []
      #expect(severities.contains(severity), "\(name)")
    }
  }

  @Test("series agree with the mathematics library") func series() {
    for step in 0...1000 {
      let x = 0.3679 + 0.6321 * Double(step) / 1000
      #expect(abs(Elementary.logarithm(x) - log(x)) < 1e-15)
      let angle = -1 + 2 * Double(step) / 1000
      let (sine, cosine) = Elementary.sineAndCosine(angle)
      #expect(abs(sine - sin(angle)) < 3e-16 && abs(cosine - cos(angle)) < 3e-16)
    }
  }
}
