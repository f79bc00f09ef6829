import COneDNN

/// A convolution of some images of a batch, in one direction, with the conversions that it needs.
///
/// A batch is cut into slices of images, which threads share. The cut depends on
/// the batch alone, never on the number of threads.
final class OneDNNConvolution: @unchecked Sendable {
  enum Direction: Int32 {
    case forward = 0
    case backwardData = 1
    case backwardWeight = 2
  }

  let primitive: OneDNNPrimitive
  let images: Int
  /// Conversions between a tensor's layout and the primitive's; nil if they are the same.
  let source: OneDNNPrimitive?
  let destination: OneDNNPrimitive?

  init(
    _ direction: Direction, _ window: Window, input: Tensor, output: Tensor, images: Int,
    bias: Bool, weights given: OneDNNLayout? = nil, oneDNN: OneDNN
  ) throws {
    self.images = images
    let (own, ownOutput) = try (
      unwrap(OneDNNLayout.activation(input, batch: images)),
      unwrap(OneDNNLayout.activation(output, batch: images))
    )
    let outputs = output.shape[1]
    let weights = try unwrap(
      given
        ?? OneDNNLayout.any([outputs, input.shape[1], window.kernel.rows, window.kernel.columns]))
    let biases = bias ? try unwrap(OneDNNLayout.dense([outputs])) : nil

    func make(_ source: OneDNNLayout, _ destination: OneDNNLayout) throws -> OneDNNPrimitive? {
      let (padding, after) = Self.padding(window, input: input, output: output)
      guard
        let description = topo_convolution(
          oneDNN.engine, direction.rawValue, source.handle, weights.handle, biases?.handle,
          destination.handle,
          [dnnl_dim_t(window.stride.rows), dnnl_dim_t(window.stride.columns)], padding, after)
      else { return nil }
      var layouts: [OneDNNPrimitive.Argument: OneDNNLayout] = [
        .source: source, .weights: weights, .destination: destination,
      ]
      layouts[.bias] = biases
      return try OneDNNPrimitive(
        description, direction: direction.rawValue, layouts: layouts, oneDNN: oneDNN)
    }

    var chosen = try make(own, ownOutput)
    // Layouts that no fast implementation takes end in the reference one, a hundred times
    // slower than two conversions.
    if chosen.map({ $0.implementation.hasPrefix("ref") }) ?? true {
      let free = try make(
        unwrap(OneDNNLayout.any([images] + input.shape.dropFirst())),
        unwrap(OneDNNLayout.any([images] + output.shape.dropFirst())))
      chosen = free ?? chosen
    }
    guard let chosen, let wanted = chosen.layouts[.source],
      let wantedOutput = chosen.layouts[.destination]
    else { throw DeviceError("oneDNN has no convolution for \(window) on \(input.shape)") }
    primitive = chosen
    switch direction {
    case .forward:
      source = try oneDNN.reorder(own, wanted)
      destination = try oneDNN.reorder(wantedOutput, ownOutput)
    case .backwardData:
      source = try oneDNN.reorder(wanted, own)
      destination = try oneDNN.reorder(ownOutput, wantedOutput)
    case .backwardWeight:
      source = try oneDNN.reorder(own, wanted)
      destination = try oneDNN.reorder(ownOutput, wantedOutput)
    }
  }

  /// Floats that the converted source and destination take, each a multiple of a cache line.
  var sourceCount: Int { source == nil ? 0 : Self.floats(primitive.layouts[.source]) }
  var destinationCount: Int {
    destination == nil ? 0 : Self.floats(primitive.layouts[.destination])
  }
  /// Floats of the weights as the primitive wants them.
  var weightCount: Int { Self.floats(primitive.layouts[.weights]) }

  static func floats(_ layout: OneDNNLayout?) -> Int { ((layout?.bytes ?? 0) + 63) / 64 * 16 }

  /// Padding before as given; after, the padding that gives the output's extent: the window may
  /// leave a remainder at the far edge.
  private static func padding(
    _ window: Window, input: Tensor, output: Tensor
  ) -> (before: [dnnl_dim_t], after: [dnnl_dim_t]) {
    func after(_ input: Int, _ output: Int, _ kernel: Int, _ stride: Int, _ before: Int) -> Int {
      (output - 1) * stride + kernel - input - before
    }
    let (kernel, stride, before) = (window.kernel, window.stride, window.padding)
    return (
      [dnnl_dim_t(before.rows), dnnl_dim_t(before.columns)],
      [
        dnnl_dim_t(
          after(input.shape[2], output.shape[2], kernel.rows, stride.rows, before.rows)),
        dnnl_dim_t(
          after(input.shape[3], output.shape[3], kernel.columns, stride.columns, before.columns)),
      ]
    )
  }
}

/// A cut of a batch into slices of images: all of one size, except that the last may be shorter.
struct BatchSlices {
  let batch: Int
  let size: Int

  /// At most `most` slices.
  init(batch: Int, most: Int) {
    self.batch = batch
    size = (batch + most - 1) / most
  }

  var count: Int { (batch + size - 1) / size }
  /// Images of the last slice.
  var last: Int { batch - (count - 1) * size }
  /// First image of a slice.
  func first(_ slice: Int) -> Int { slice * size }
  /// Images of a slice.
  func images(_ slice: Int) -> Int { slice == count - 1 ? last : size }
  /// Whether a slice has fewer images than the others.
  func isShort(_ slice: Int) -> Bool { images(slice) != size }
}

/// The value, or a `DeviceError` if oneDNN could not describe memory.
func unwrap<Value>(_ value: Value?) throws -> Value {
  guard let value else { throw DeviceError("oneDNN cannot describe a memory layout") }
  return value
}
