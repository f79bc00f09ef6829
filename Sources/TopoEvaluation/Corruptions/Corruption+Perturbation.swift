import Dispatch
import Foundation
import Synchronization
import TopoCompute

extension Corruption: ImagePerturbation {
  /// `corruption/fog`, `mnist-c/shot-noise`.
  public var label: String { "\(family.rawValue)/\(kind.rawValue)" }

  /// The paper whose parameters are used.
  public var reference: String {
    switch family {
    case .common: "Hendrycks & Dietterich 2019, arXiv 1903.12261 (CIFAR-10-C)"
    case .mnist: "Mu & Gilmer 2019, arXiv 1906.02337 (MNIST-C)"
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
  /// - Throws: `SelectionError`.
  public func check(severity: Double, shape: ImageShape) throws {
    if severity == 0 { return }
    guard Corruption.severities.contains(severity) else {
      let named = "\(severity)"
      throw SelectionError(
        "There is no severity \(named.hasSuffix(".0") ? String(named.dropLast(2)) : named) of "
          + "\(label): choose from 1, 2, 3, 4, 5.")
    }
    guard shape.channels == 1 || (shape.channels == 3 && family == .common) else {
      let remedy =
        family == .mnist
        ? "take corruption/\(kind.rawValue) for colour" : "images have 1 or 3 channels"
      throw SelectionError(
        "\(label) cannot be applied to images of \(shape.channels) channels: \(remedy).")
    }
    guard shape.rows >= Corruption.smallestSide, shape.columns >= Corruption.smallestSide else {
      throw SelectionError(
        "\(label) cannot be applied to images of \(shape.rows) x \(shape.columns) pixels: "
          + "images need at least \(Corruption.smallestSide) x \(Corruption.smallestSide).")
    }
    guard kind == .frost else { return }
    guard let frost else {
      throw SelectionError(
        "\(label) needs photographs of frost: name a folder of them, or leave it out.")
    }
    try frost.check(rows: shape.rows, columns: shape.columns, scaled: family == .common)
  }

  /// Corrupts images: bytes of the published formula, divided by 255.
  /// - Throws: `SelectionError` as `check` does, `DataError` where the JPEG library fails.
  public func apply(
    to images: UnsafeBufferPointer<UInt8>, shape: ImageShape, range: Range<Int>,
    severity: Double, draw: Int, seed: UInt64, threads: Int?,
    output: UnsafeMutableBufferPointer<Float>
  ) throws {
    try check(severity: severity, shape: shape)
    precondition(
      range.lowerBound >= 0 && range.upperBound * shape.count <= images.count,
      "the range lies in the images")
    precondition(output.count == range.count * shape.count, "output has one value per input byte")
    guard let bytes = images.baseAddress, let values = output.baseAddress, !range.isEmpty else {
      return
    }
    let workers = max(
      1, min(range.count, threads ?? ProcessInfo.processInfo.activeProcessorCount))
    let level = Int(severity)
    let task = CorruptionTask(
      corruption: self, shape: shape, severity: level,
      source: source(seed: seed, severity: level, draw: draw), images: bytes,
      first: range.lowerBound, output: values)
    let failure = Mutex<(any Error)?>(nil)
    DispatchQueue.concurrentPerform(iterations: workers) { worker in
      let part = range.count * worker / workers..<range.count * (worker + 1) / workers
      do {
        try task.run(part.lowerBound + range.lowerBound..<part.upperBound + range.lowerBound)
      } catch {
        failure.withLock { $0 = error }
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }
  }

  /// Corrupts images.
  /// - Parameters:
  ///   - images: bytes `[image, channel, row, column]`.
  ///   - shape: of one image.
  ///   - range: the images to corrupt; all by default.
  ///   - severity: 0 to 5.
  ///   - draw: number of the draw, from 0.
  ///   - seed: shared by all members.
  ///   - threads: threads to use; all cores by default.
  /// - Returns: values in [0, 1], `[image of range, channel, row, column]`.
  /// - Throws: `SelectionError` as `check` does, `DataError` where the JPEG library fails.
  public func apply(
    to images: [UInt8], shape: ImageShape, range: Range<Int>? = nil, severity: Double,
    draw: Int = 0, seed: UInt64, threads: Int? = nil
  ) throws -> [Float] {
    let range = range ?? 0..<(images.count / shape.count)
    let count = range.count * shape.count
    return try [Float](unsafeUninitializedCapacity: count) { output, initialized in
      try images.withUnsafeBufferPointer { images in
        try apply(
          to: images, shape: shape, range: range, severity: severity, draw: draw, seed: seed,
          threads: threads, output: UnsafeMutableBufferPointer(rebasing: output[..<count]))
      }
      initialized = count
    }
  }
}

/// One call of `Corruption.apply`. Workers write disjoint parts of `output`, which the caller owns
/// for as long as they run.
private struct CorruptionTask: @unchecked Sendable {
  let corruption: Corruption
  let shape: ImageShape
  let severity: Int
  let source: Philox
  let images: UnsafePointer<UInt8>
  /// Index of the image at the beginning of `output`.
  let first: Int
  let output: UnsafeMutablePointer<Float>

  func run(_ range: Range<Int>) throws {
    let count = shape.count
    let worker =
      severity == 0 ? nil : try corruption.worker(severity: severity, shape: shape)
    let corrupted = Scratch<UInt8>(count)
    try Noise.unit.withUnsafeBufferPointer { unit in
      for image in range {
        let bytes = images + image * count
        let values = output + (image - first) * count
        try worker?.corrupt(
          bytes, into: corrupted.start,
          random: CorruptionRandom(source: source, image: UInt64(image)))
        let result = worker == nil ? bytes : UnsafePointer(corrupted.start)
        for index in 0..<count { values[index] = unit[Int(result[index])] }
      }
    }
  }
}
