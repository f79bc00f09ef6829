import TopoData
import TopoFoundation

extension Corruption: ImagePerturbation {
  /// `corruption/fog`, `mnist-c/shot-noise`.
  public var label: String { "\(family.rawValue)/\(kind.rawValue)" }

  /// The paper whose parameters are used.
  public var reference: String {
    switch family {
    case .common: "Hendrycks & Dietterich 2019, arXiv 1903.12261 (CIFAR-10-C)"
    case .mnist: "Mu & Gilmer 2019, MNIST-C, arXiv 1906.02337"
    }
  }

  /// Which photographs of frost.
  public var origin: String? {
    frost.map {
      "\($0.names.count) photographs in \($0.folder), checksum \(String($0.checksum, radix: 16))"
    }
  }

  /// 1 to 5.
  public var severities: [Double] { Corruption.severities }

  /// Whether draws differ.
  public var isRandom: Bool {
    switch kind {
    case .defocusBlur, .zoomBlur, .brightness, .contrast, .pixelate, .jpegCompression,
      .gaussianBlur, .saturate:
      false
    case .gaussianNoise, .shotNoise, .impulseNoise, .glassBlur, .motionBlur, .snow, .frost, .fog,
      .elasticTransform, .speckleNoise, .spatter:
      true
    }
  }

  /// Rows and columns below which images are refused: some formulas need a few pixels.
  static let smallestSide = 4

  /// Checks that the severity is 0, 1, 2, 3, 4 or 5, and that images have one or three channels
  /// (one for MNIST-C's) and at least 4 x 4 pixels; frost must have photographs that are no
  /// smaller than the images.
  /// - Throws: `UserError`.
  public func check(severity: Double, shape: ImageShape) throws {
    if severity == 0 { return }
    guard Corruption.severities.contains(severity) else {
      throw UserError.severity(severity, of: self)
    }
    guard shape.channels == 1 || (shape.channels == 3 && family == .common) else {
      let remedy =
        family == .mnist
        ? "take corruption/\(kind.rawValue) for color" : "images have 1 or 3 channels"
      throw UserError(
        "\(label) cannot be applied to images of \(shape.channels.counted("channel")): \(remedy)")
    }
    guard shape.rows >= Corruption.smallestSide, shape.columns >= Corruption.smallestSide else {
      throw UserError(
        "\(label) cannot be applied to images of \(shape.rows) x \(shape.columns) pixels: "
          + "images need at least \(Corruption.smallestSide) x \(Corruption.smallestSide)")
    }
    guard kind == .frost else { return }
    guard let frost else {
      throw UserError(
        "\(label) needs photographs of frost: name a folder of them, or leave it out")
    }
    try frost.check(rows: shape.rows, columns: shape.columns, scaled: family == .common)
  }

  /// Corrupts images: bytes of the published formula, divided by 255.
  /// - Throws: `UserError` if libjpeg-turbo fails.
  public func perturb(
    _ images: UnsafeBufferPointer<UInt8>, shape: ImageShape, range: Range<Int>,
    severity: Double, draw: Int, seed: UInt64, threads: Int?,
    output: UnsafeMutableBufferPointer<Float>
  ) throws {
    let source = source(seed: seed, severity: Int(severity), draw: draw)
    try ImageWorkers.run(images, shape: shape, range: range, threads: threads, output: output) {
      part in
      let count = shape.count
      let worker = try self.worker(severity: Int(severity), shape: shape)
      let corrupted = Scratch<UInt8>(count)
      try ImageSet.unitValues.withUnsafeBufferPointer { unit in
        for image in part.images {
          let values = part.output(image)
          try worker.corrupt(
            part.input(image), into: corrupted.start,
            random: CorruptionRandom(source: source, image: UInt64(image)))
          for index in 0..<count { values[index] = unit[Int(corrupted[index])] }
        }
      }
    }
  }
}
