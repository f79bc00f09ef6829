/// The rule of which operations write their result over what they read.
///
/// That saves memory and, on the CPU, keeps values in the cache. An operation may do it if `Device`
/// allows it for the operation, and if the old values are not read afterwards: not by the caller,
/// not by the backward pass, and not by a penalty.
///
/// Forward:
/// - ReLU writes over what it reads, except the sheet. Its gradient follows from its output. The
///   sheet before ReLU is an output of the network, and activation similarity compares it.
/// - Batch normalization in inference does, except a ReLU's output. Its own gradient needs neither
///   input nor output, but that of the ReLU needs the ReLU's output.
/// - Batch normalization in training does not: its gradient needs its input.
/// - Dropout in training does not: activation similarity after ReLU compares what it reads. In
///   inference it has no operation.
/// - Convolution, linear layers, the sheet and pooling do not: the shapes differ.
///
/// The first operation never writes over its input, which belongs to the caller: all members may
/// share it.
///
/// Backward, each output gradient is read last by the operation that computes the input gradient:
/// all operations whose shapes agree write over it, except that of the first layer, whose result
/// goes to the caller.
enum Overwriting {
  /// Whether the forward operation of `layer` writes over what it reads.
  /// - Parameter writer: the layer that wrote it; nil if the caller did.
  static func forward(_ layer: Layer, reading writer: Layer?, isTraining: Bool) -> Bool {
    guard let writer else { return false }
    switch layer {
    case .relu: return writer.kind != .sheet
    case .batchNormalization: return !isTraining && writer.kind != .relu
    default: return false
    }
  }

  /// Whether the backward operation of `layer` writes the input gradient over the output gradient.
  /// - Parameter isFused: whether the layer is a batch normalization that also pools.
  static func backward(_ layer: Layer, isFused: Bool) -> Bool {
    switch layer {
    case .relu, .dropout: return true
    case .batchNormalization: return !isFused
    default: return false
    }
  }
}
