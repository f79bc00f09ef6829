import TopoFoundation

/// A network whose layer can be shown any images: what measures of tuning need beyond arrays.
public protocol ImageResponder {
  /// Extents of an image.
  var shape: ImageShape { get }

  /// Mean of each channel of the images that the network was trained on, in [0, 1].
  var meanColor: [Float] { get }

  /// The first images that the layer's responses are to, or all if there are fewer: values in
  /// [0, 1], dense `[image, channel, row, column]`.
  func images(first count: Int) -> [Float]

  /// The responses of the layer before the nonlinearity.
  /// - Parameter images: values in [0, 1], dense `[image, channel, row, column]`.
  /// - Throws: what inference throws.
  func responses(to images: [Float]) throws -> Activations

  /// How strongly the layer, before the nonlinearity, responds to changes of pixels.
  /// - Parameter images: values in [0, 1], dense `[image, channel, row, column]`, one at least. The
  ///   maps are means over them.
  /// - Throws: what inference throws.
  func sensitivity(to images: [Float]) throws -> SensitivityMaps

  /// Pixels by which images can move, away from their border, without a change of the responses if
  /// the layer reads a global average pool: the product of all strides before it.
  var period: Int { get }
}
