/// A class of convolution shapes that want the same algorithm.
///
/// As text, `few-32` or `many-128`.
public struct ConvolutionClass: Sendable, Hashable, CustomStringConvertible {
  /// Whether the activation that is read (the input, or the output's gradient for the gradient
  /// with respect to the input) has so few channels that tiles of channels would be mostly empty.
  public var hasFewChannels: Bool
  /// Channels of the activation on the other side: 32, 64, 128 or 256, the next one not below,
  /// and 256 for all above.
  public var channels: Int

  /// The class of a convolution from `source` to `target` channels.
  public init(source: Int, target: Int) {
    hasFewChannels = source < 8
    channels = ConvolutionClass.sizes.first { target <= $0 } ?? 256
  }

  /// Reads the text form; nil if the text is malformed.
  public init?(_ text: some StringProtocol) {
    guard let found = ConvolutionClass.all.first(where: { $0.description == text }) else {
      return nil
    }
    self = found
  }

  /// The text form.
  public var description: String { "\(hasFewChannels ? "few" : "many")-\(channels)" }

  /// Every class.
  public static let all: [ConvolutionClass] = [1, 8].flatMap { source in
    sizes.map { ConvolutionClass(source: source, target: $0) }
  }

  private static let sizes = [32, 64, 128, 256]
}
