import TopoData
import TopoFoundation

extension MNISTCorruption: ImagePerturbation {
  /// `mnist-c/` and the name.
  public var label: String { "mnist-c/\(kind.rawValue)" }

  /// What it does.
  public var summary: String {
    switch kind {
    case .identity: "the images as they are"
    case .shear: "sheared about the center by 0.2 to 1 rad, left or right"
    case .scale: "shrunk about the center to 0.9 to 0.5 of the size"
    case .rotate: "rotated about the center by 0.2 to 1 rad, left or right"
    case .translate: "moved by 1 to 5 pixels, horizontally and vertically"
    case .stripe: "the left and the right quarter inverted"
    case .line: "a soft line across"
    case .dottedLine: "a soft dashed line from border to border"
    case .zigzag: "a soft zigzag line across"
    case .cannyEdges: "edges in place of the image, after Canny"
    case .quantize: "gray levels of 5 to 1 bits"
    case .inverse: "black for white"
    }
  }

  /// The paper whose corruptions these are.
  public var reference: String { "Mu & Gilmer 2019, MNIST-C, arXiv 1906.02337" }

  /// From 1 on, as many as the published code has.
  public var severities: [Double] { parameters.indices.map { Double($0 + 1) } }

  /// Whether directions or places are drawn.
  public var isRandom: Bool {
    switch kind {
    case .shear, .rotate, .translate, .line, .dottedLine, .zigzag: true
    case .identity, .scale, .stripe, .cannyEdges, .quantize, .inverse: false
    }
  }

  /// The least extent that lines and stripes make sense for.
  private static let leastSize = 8

  /// Checks that the severity is one of the table's, and images are gray and not tiny.
  /// - Throws: `UserError`.
  public func check(severity: Double, shape: ImageShape) throws {
    guard severity != 0 else { return }
    guard severities.contains(severity) else {
      throw UserError.severity(severity, of: self)
    }
    guard shape.channels == 1 else {
      throw UserError(
        "\(label) is for gray images, but these are \(shape): choose corruptions for images in "
          + "color")
    }
    guard shape.rows >= Self.leastSize, shape.columns >= Self.leastSize else {
      throw UserError(
        "\(label) needs images of at least \(Self.leastSize) x \(Self.leastSize) pixels, but these "
          + "are \(shape): choose noise for such images")
    }
  }

  /// Perturbs images, as `ImagePerturbation` says.
  public func perturb(
    _ images: UnsafeBufferPointer<UInt8>, shape: ImageShape, range: Range<Int>,
    severity: Double, draw: Int, seed: UInt64, threads: Int?,
    output: UnsafeMutableBufferPointer<Float>
  ) {
    let parameter = parameters[Int(severity) - 1]
    if let table = byteTable(parameter) {
      return ImageWorkers.map(
        images, shape: shape, range: range, threads: threads, output: output, with: table)
    }
    let painter = MNISTPainter(
      kind: kind, rows: shape.rows, columns: shape.columns, parameter: parameter,
      source: source(seed: seed, severity: severity, draw: draw))
    ImageWorkers.run(images, shape: shape, range: range, threads: threads, output: output) {
      painter.paint($0)
    }
  }

  /// The result for each byte; nil if it depends on more than the byte.
  private func byteTable(_ parameter: Double) -> [Float]? {
    switch kind {
    case .identity: return ImageSet.unitValues
    case .inverse: return ImageSet.unitValues.reversed()
    case .quantize:
      // In Float32 and rounded to even, as the published code does it.
      let steps = Float(Int(1) << Int(parameter) - 1)
      let (there, back) = (Float(Double(steps) / 255), Float(255 / Double(steps)))
      return (0..<256).map { byte in
        let level = (Float(byte) * there).rounded(.toNearestOrEven) * back
        return ImageSet.unitValues[min(255, Int(level))]
      }
    default: return nil
    }
  }
}
