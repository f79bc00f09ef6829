/// What a convolution kernel reads and writes.
struct ConvolutionExtents {
  var batch: Int
  var sourceChannels: Int
  var source: Window.Extent
  var targetChannels: Int
  var target: Window.Extent
  var window: Window

  /// The constants of `convolution_shape.cl`, except `ROTATED`.
  var constants: KernelConstants {
    window.constants(source: source, target: target)
      .merging([
        "BATCH": .integer(batch), "SOURCE_CHANNELS": .integer(sourceChannels),
        "TARGET_CHANNELS": .integer(targetChannels),
      ])
  }
}

extension Window {
  /// The constants of `window.cl`, for windows over a source that give a value of the target each.
  func constants(source: Extent, target: Extent) -> KernelConstants {
    [
      "SOURCE_ROWS": .integer(source.rows), "SOURCE_COLUMNS": .integer(source.columns),
      "TARGET_ROWS": .integer(target.rows), "TARGET_COLUMNS": .integer(target.columns),
      "KERNEL_ROWS": .integer(kernel.rows), "KERNEL_COLUMNS": .integer(kernel.columns),
      "STRIDE_ROWS": .integer(stride.rows), "STRIDE_COLUMNS": .integer(stride.columns),
      "PADDING_ROWS": .integer(padding.rows), "PADDING_COLUMNS": .integer(padding.columns),
    ]
  }
}

/// The checked shapes of a convolution and its two forms.
struct ConvolutionGeometry {
  /// The convolution itself: source is its input, target its output.
  let forward: ConvolutionExtents

  /// Channels of the output.
  var outputChannels: Int { forward.targetChannels }

  /// Traps unless the shapes of input, weight and output go together; `input` may be shared.
  init(_ window: Window, input: Tensor, weight: Tensor, output: Tensor) {
    let (batch, inputChannels, rows, columns) = input.activation
    let (_, outputChannels, _, _) = output.activation
    let source = Window.Extent(rows: rows, columns: columns)
    let target = window.output(of: source)
    input.expect(input.shape, members: output.members, shared: true, "input")
    weight.expect(
      [outputChannels, inputChannels, window.kernel.rows, window.kernel.columns],
      members: output.members, "weight")
    output.expect(
      [batch, outputChannels, target.rows, target.columns], members: output.members, "output")
    forward = ConvolutionExtents(
      batch: batch, sourceChannels: inputChannels, source: source, targetChannels: outputChannels,
      target: target, window: window)
  }

  /// The gradient with respect to the input as a convolution of the output's gradient with rotated
  /// filters; nil if it is not one, because the stride is not 1 or the padding is too large.
  var rotated: ConvolutionExtents? {
    let window = forward.window
    let padding = Window.Extent(
      rows: window.kernel.rows - 1 - window.padding.rows,
      columns: window.kernel.columns - 1 - window.padding.columns)
    guard window.stride == .init(1), padding.rows >= 0, padding.columns >= 0 else { return nil }
    return ConvolutionExtents(
      batch: forward.batch, sourceChannels: forward.targetChannels, source: forward.target,
      targetChannels: forward.sourceChannels, target: forward.source,
      window: Window(kernel: window.kernel, stride: window.stride, padding: padding))
  }
}
