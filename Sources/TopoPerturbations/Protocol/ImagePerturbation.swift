import TopoFoundation

/// A way to damage images at a severity, before normalisation. Images are damaged once for each
/// severity and draw and shown to all networks.
///
/// The result for an image depends on its index, the seed, the severity and the draw; not on which
/// images are asked for beside it, nor on the number of threads.
public protocol ImagePerturbation: Sendable {
  /// The name on the command line, in suites and in records: `white`, `corruption/fog`,
  /// `mnist-c/shear`.
  var label: String { get }
  /// What it does, in one line without a full stop.
  var summary: String { get }
  /// Where its definition comes from, as short as `Hendrycks & Dietterich 2019, arXiv 1903.12261`.
  var reference: String { get }
  /// Files that its images come from or are made with; nil where it needs none.
  var origin: String? { get }
  /// Severities that are evaluated where nothing else is asked for, ascending, without 0.
  var severities: [Double] { get }
  /// Whether draws differ; one draw is enough where they do not.
  var isRandom: Bool { get }

  /// Checks that images of this shape can be damaged at a severity. Severity 0 leaves images as
  /// they are and always passes.
  /// - Throws: `UserError` that names what is valid.
  func check(severity: Double, shape: ImageShape) throws

  /// Damages images.
  /// - Parameters:
  ///   - images: bytes `[image, channel, row, column]` of at least `range.upperBound` images.
  ///   - shape: of one image.
  ///   - range: the images to damage.
  ///   - severity: one that `check` lets pass.
  ///   - draw: number of the draw, from 0.
  ///   - seed: shared by all members.
  ///   - threads: threads to use; all cores by default.
  ///   - output: values in [0, 1], `[image of range, channel, row, column]`.
  /// - Throws: `UserError` where images come from a file.
  func apply(
    to images: UnsafeBufferPointer<UInt8>, shape: ImageShape, range: Range<Int>,
    severity: Double, draw: Int, seed: UInt64, threads: Int?,
    output: UnsafeMutableBufferPointer<Float>
  ) throws
}

extension ImagePerturbation {
  /// None.
  public var origin: String? { nil }
}
