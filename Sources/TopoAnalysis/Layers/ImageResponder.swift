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
}
