import TopoFoundation

/// A way to perturb images at a severity, before normalization. Images are perturbed once for each
/// severity and draw, and all networks see the same ones.
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
  /// Files that its images come from or are made with; nil if it needs none.
  var origin: String? { get }
  /// Severities that are evaluated if nothing else is asked for, ascending, without 0.
  var severities: [Double] { get }
  /// Whether draws differ; one draw is enough if they do not.
  var isRandom: Bool { get }

  /// Checks that images of this shape can be perturbed at a severity. Severity 0 leaves images
  /// clean and always passes.
  /// - Throws: `UserError` that names what is valid.
  func check(severity: Double, shape: ImageShape) throws

  /// Perturbs images at a severity other than 0 that `check` lets pass. Callers use `apply`, which
  /// sees to the rest.
  /// - Parameters:
  ///   - images: bytes `[image, channel, row, column]` of at least `range.upperBound` images.
  ///   - shape: of one image.
  ///   - range: the images to perturb.
  ///   - severity: how much.
  ///   - draw: number of the draw, from 0.
  ///   - seed: shared by all members.
  ///   - threads: threads to use; all cores by default.
  ///   - output: values in [0, 1], `[image of range, channel, row, column]`.
  /// - Throws: `UserError`, for example if a file of images cannot be read.
  func perturb(
    _ images: UnsafeBufferPointer<UInt8>, shape: ImageShape, range: Range<Int>,
    severity: Double, draw: Int, seed: UInt64, threads: Int?,
    output: UnsafeMutableBufferPointer<Float>
  ) throws
}

extension ImagePerturbation {
  /// None.
  public var origin: String? { nil }
}
