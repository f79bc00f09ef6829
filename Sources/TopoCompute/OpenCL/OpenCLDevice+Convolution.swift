extension OpenCLDevice {
  /// `Device.convolution`; algorithms `implicit-gemm` and `direct`.
  public func convolution(
    _ window: Window, input: Tensor, weight: Tensor, bias: Tensor, output: Tensor
  ) throws -> any Operation {
    let geometry = ConvolutionGeometry(window, input: input, weight: weight, output: output)
    bias.expect([geometry.outputChannels], members: output.members, "bias")
    if let tiling = try implicitTiling(.forward, geometry.forward) {
      return OpenCLOperation(
        "convolution/implicit-gemm", on: self,
        try implicitCorrelation(
          tiling, geometry.forward, rotated: false, source: input, weight: weight, bias: bias,
          target: output))
    }
    return OpenCLOperation(
      "convolution/direct", on: self,
      [
        try correlate(
          geometry.forward, rotated: false,
          [.tensor(input), .tensor(weight), .tensor(bias), .tensor(output)],
          members: output.members)
      ])
  }

  /// `Device.convolutionBackwardData`; algorithms `implicit-gemm` and `rotated` where they apply,
  /// and `gather`.
  public func convolutionBackwardData(
    _ window: Window, outputGradient: Tensor, weight: Tensor, inputGradient: Tensor
  ) throws -> any Operation {
    let geometry = ConvolutionGeometry(
      window, input: inputGradient, weight: weight, output: outputGradient)
    let members = inputGradient.members
    precondition(outputGradient.members == members, "the gradients differ in members")
    let arguments: [KernelArgument] = [
      .tensor(outputGradient), .tensor(weight), .tensor(inputGradient),
    ]
    let forced = algorithms["convolution-backward-data"]
    if let rotated = geometry.rotated, let tiling = try implicitTiling(.backwardData, rotated) {
      return OpenCLOperation(
        "convolution-backward-data/implicit-gemm", on: self,
        try implicitCorrelation(
          tiling, rotated, rotated: true, source: outputGradient, weight: weight, bias: nil,
          target: inputGradient))
    }
    let tuned = geometry.rotated.flatMap {
      let shape = ConvolutionClass(source: $0.sourceChannels, target: $0.targetChannels)
      return tuning[.init(.backwardData, shape)]?.algorithm
    }
    let isGather = (forced ?? tuned) == "gather"
    if !isGather, let rotated = geometry.rotated {
      return OpenCLOperation(
        "convolution-backward-data/rotated", on: self,
        [try correlate(rotated, rotated: true, arguments, members: members)])
    }
    if let forced, forced != "gather" {
      throw DeviceError(
        """
        The algorithm \(forced) of convolution-backward-data needs stride 1 and padding less than \
        the kernel's size; gather takes any
        """)
    }
    let extents = geometry.forward
    return OpenCLOperation(
      "convolution-backward-data/gather", on: self,
      [
        try launch(
          "convolution_input_gradient", of: .convolution, try constants(extents), arguments,
          grid: (
            extents.batch * extents.source.rows * extents.source.columns,
            tiled(extents.sourceChannels, channelsPerItem(extents)), members
          ), group: context.quirks.convolutionGroup)
      ])
  }

  /// `Device.convolutionBackwardWeight`; algorithms `implicit-gemm` where it applies, and `direct`,
  /// both in chunks.
  public func convolutionBackwardWeight(
    _ window: Window, input: Tensor, outputGradient: Tensor, weightGradient: Tensor,
    biasGradient: Tensor
  ) throws -> any Operation {
    let geometry = ConvolutionGeometry(
      window, input: input, weight: weightGradient, output: outputGradient)
    let members = outputGradient.members
    biasGradient.expect([geometry.outputChannels], members: members, "biasGradient")
    let extents = geometry.forward
    let tiling = try implicitTiling(.backwardWeight, extents)
    let chunks = tiling.map { implicitChunks($0, extents) } ?? chunks(extents)
    var constants = try constants(extents)
    constants["CHUNKS"] = .integer(chunks)
    let partial =
      chunks == 1
      ? weightGradient
      : try makeTensor(
        members: members, shape: [chunks, weightGradient.count], elementType: .float32,
        lifetime: .step)
    var steps: [OpenCLStep]
    if let tiling {
      steps = [
        try implicitWeightGradient(
          tiling, extents, chunks: chunks, input: input, outputGradient: outputGradient,
          partial: partial)
      ]
    } else {
      let lines = extents.sourceChannels * window.kernel.rows
      let tiles = tiled(extents.targetChannels, filtersPerItem(extents))
      steps = [
        try launch(
          "convolution_weight_gradient", of: .convolution, constants,
          [.tensor(input), .tensor(outputGradient), .tensor(partial)],
          grid: (lines, tiles * chunks, members),
          group: min(context.quirks.convolutionGroup, roundedUpToPowerOfTwo(lines)))
      ]
    }
    if chunks > 1 {
      steps.append(
        try pointwise(
          "convolution_weight_sum", of: .convolution, constants,
          [.tensor(partial), .tensor(weightGradient)], count: weightGradient.count,
          members: members))
    }
    steps.append(
      try reduction(
        "convolution_bias_gradient", of: .convolution, constants,
        [.tensor(outputGradient), .tensor(biasGradient)], results: extents.targetChannels,
        members: members))
    let algorithm = tiling == nil ? "direct" : "implicit-gemm"
    return OpenCLOperation("convolution-backward-weight/\(algorithm)", on: self, steps)
  }

  /// The forward form, also of the gradient with respect to the input.
  private func correlate(
    _ extents: ConvolutionExtents, rotated: Bool, _ arguments: [KernelArgument], members: Int
  ) throws -> OpenCLStep {
    let constants = try constants(extents, rotated: rotated)
    let lanes = lanes(of: extents)
    let columnTiles = tiled(extents.target.columns, lanes)
    let tiles = extents.batch * extents.target.rows * columnTiles
    return try launch(
      "convolution_correlate", of: .convolution, constants, arguments,
      grid: (tiles, tiled(extents.targetChannels, channelsPerItem(extents)), members),
      group: min(context.quirks.convolutionGroup, roundedUpToPowerOfTwo(tiles)))
  }

  /// The same for all kernels of a layer, so that they share a program, but for the rotated one.
  private func constants(
    _ extents: ConvolutionExtents, rotated: Bool = false
  ) throws -> KernelConstants {
    let window = extents.window
    // A vector at a row's edge may reach this far into the storage's guard.
    let reach = 8 * window.stride.columns + window.kernel.columns + abs(window.padding.columns)
    guard reach <= OpenCLStorage.guardElements || window.stride.columns > 1 else {
      throw DeviceError(
        "a convolution with \(window.kernel.columns) columns is too wide for OpenCL devices: use at "
          + "most 40, or the cpu device")
    }
    return [
      "BATCH": .integer(extents.batch), "SOURCE_CHANNELS": .integer(extents.sourceChannels),
      "SOURCE_ROWS": .integer(extents.source.rows),
      "SOURCE_COLUMNS": .integer(extents.source.columns),
      "TARGET_CHANNELS": .integer(extents.targetChannels),
      "TARGET_ROWS": .integer(extents.target.rows),
      "TARGET_COLUMNS": .integer(extents.target.columns),
      "KERNEL_ROWS": .integer(window.kernel.rows),
      "KERNEL_COLUMNS": .integer(window.kernel.columns),
      "STRIDE_ROWS": .integer(window.stride.rows),
      "STRIDE_COLUMNS": .integer(window.stride.columns),
      "PADDING_ROWS": .integer(window.padding.rows),
      "PADDING_COLUMNS": .integer(window.padding.columns),
      "LANES": .integer(lanes(of: extents)),
      "ROTATED": .integer(rotated ? 1 : 0),
      "CHANNELS_PER_ITEM": .integer(channelsPerItem(extents)),
      "FILTERS_PER_ITEM": .integer(filtersPerItem(extents)),
      "CHUNKS": .integer(chunks(extents)),
      "VECTOR": .integer(vectorWidth(extents.target.rows * extents.target.columns)),
    ]
  }

  /// Columns of a vector: 8, but for rows that would leave most of it empty.
  private func lanes(of extents: ConvolutionExtents) -> Int {
    extents.target.columns <= 4 ? 4 : 8
  }

  /// Output channels whose sums a work-item holds.
  private func channelsPerItem(_ extents: ConvolutionExtents) -> Int {
    min(8, roundedUpToPowerOfTwo(extents.targetChannels))
  }

  /// Output channels whose weights' gradients a work-item holds: up to 12 vectors of sums.
  private func filtersPerItem(_ extents: ConvolutionExtents) -> Int {
    max(1, min(4, 12 / extents.window.kernel.columns, extents.targetChannels))
  }

  /// Chunks of images in the weights' gradient: enough to keep a large device busy with one
  /// member, and sums that stay short. A function of the shape alone, for the order of the sum
  /// depends on it.
  private func chunks(_ extents: ConvolutionExtents) -> Int {
    let items =
      extents.sourceChannels * extents.window.kernel.rows
      * tiled(extents.targetChannels, filtersPerItem(extents))
    return min(extents.batch, max(tiled(extents.batch, 16), 8192 / items))
  }

  func tiled(_ count: Int, _ tile: Int) -> Int { (count + tile - 1) / tile }

  private func roundedUpToPowerOfTwo(_ value: Int) -> Int {
    var power = 1
    while power < value { power *= 2 }
    return power
  }
}
