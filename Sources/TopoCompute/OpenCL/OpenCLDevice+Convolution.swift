extension OpenCLDevice {
  /// `Device.convolution`; algorithms `implicit-gemm`, `direct`, and those with tensor
  /// cores.
  public func convolution(
    _ window: Window, input: Tensor, weight: Tensor, bias: Tensor, output: Tensor
  ) throws -> any Operation {
    let geometry = ConvolutionGeometry(window, input: input, weight: weight, output: output)
    bias.expect([geometry.outputChannels], members: output.members, "bias")
    let algorithm = try convolutionAlgorithm(.forward, geometry)
    let steps =
      if case .implicitGemm(let tiling, let extents, let products) = algorithm {
        try implicitCorrelation(
          tiling, extents, tensorProducts: products, rotated: false, source: input, weight: weight,
          bias: bias,
          target: output)
      } else {
        [
          try correlate(
            geometry.forward, rotated: false,
            [.tensor(input), .tensor(weight), .tensor(bias), .tensor(output)],
            members: output.members)
        ]
      }
    return OpenCLOperation("convolution/\(algorithm.name)", on: self, steps)
  }

  /// `Device.convolutionBackwardData`; algorithms `implicit-gemm` and `rotated` if they apply, and
  /// `gather`.
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
    let algorithm = try convolutionAlgorithm(.backwardData, geometry)
    let steps: [OpenCLStep]
    switch algorithm {
    case .implicitGemm(let tiling, let extents, let products):
      steps = try implicitCorrelation(
        tiling, extents, tensorProducts: products, rotated: true, source: outputGradient,
        weight: weight, bias: nil,
        target: inputGradient)
    case .rotated(let extents):
      steps = [try correlate(extents, rotated: true, arguments, members: members)]
    case .direct, .gather:
      let extents = geometry.forward
      steps = [
        try launch(
          "convolution_input_gradient", of: .convolution, try directConstants(extents), arguments,
          grid: (
            extents.batch * extents.source.rows * extents.source.columns,
            tiled(extents.sourceChannels, channelsPerItem(extents)), members
          ), group: context.quirks.convolutionGroup)
      ]
    }
    return OpenCLOperation("convolution-backward-data/\(algorithm.name)", on: self, steps)
  }

  /// `Device.convolutionBackwardWeight`; algorithms `implicit-gemm` if it applies, and `direct`,
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
    let algorithm = try convolutionAlgorithm(.backwardWeight, geometry)
    let chunks =
      if case .implicitGemm(let tiling, _, _) = algorithm {
        implicitChunks(tiling, extents)
      } else {
        chunks(extents)
      }
    let partial =
      chunks == 1
      ? weightGradient
      : try makeTensor(
        members: members, shape: [chunks, weightGradient.count], elementType: .float32,
        lifetime: .step)
    var steps: [OpenCLStep]
    if case .implicitGemm(let tiling, _, let products) = algorithm {
      steps = [
        try implicitWeightGradient(
          tiling, extents, tensorProducts: products, chunks: chunks, input: input,
          outputGradient: outputGradient,
          partial: partial)
      ]
    } else {
      let lines = extents.sourceChannels * window.kernel.rows
      let tiles = tiled(extents.targetChannels, filtersPerItem(extents))
      steps = [
        try launch(
          "convolution_weight_gradient", of: .convolution, try directConstants(extents),
          [.tensor(input), .tensor(outputGradient), .tensor(partial)],
          grid: (lines, tiles * chunks, members),
          group: min(context.quirks.convolutionGroup, roundedUpToPowerOfTwo(lines)))
      ]
    }
    var sums = extents.constants
    sums["CHUNKS"] = .integer(chunks)
    sums["LANES"] = .integer(lanes(dividing: extents.target.rows * extents.target.columns))
    if chunks > 1 {
      steps.append(
        try pointwise(
          "convolution_weight_sum", of: .convolutionSums, sums,
          [.tensor(partial), .tensor(weightGradient)], count: weightGradient.count,
          members: members))
    }
    steps.append(
      try reduction(
        "convolution_bias_gradient", of: .convolutionSums, sums,
        [.tensor(outputGradient), .tensor(biasGradient)], results: extents.targetChannels,
        members: members))
    return OpenCLOperation("convolution-backward-weight/\(algorithm.name)", on: self, steps)
  }

  /// The forward form, also of the gradient with respect to the input.
  private func correlate(
    _ extents: ConvolutionExtents, rotated: Bool, _ arguments: [KernelArgument], members: Int
  ) throws -> OpenCLStep {
    let constants = try directConstants(extents, rotated: rotated)
    let lanes = lanes(of: extents)
    let columnTiles = tiled(extents.target.columns, lanes)
    let tiles = extents.batch * extents.target.rows * columnTiles
    return try launch(
      "convolution_correlate", of: .convolution, constants, arguments,
      grid: (tiles, tiled(extents.targetChannels, channelsPerItem(extents)), members),
      group: min(context.quirks.convolutionGroup, roundedUpToPowerOfTwo(tiles)))
  }

  /// The same for all kernels of a layer, so that they share a program, except the rotated one.
  private func directConstants(
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
    return extents.constants.merging([
      "ROTATED": .integer(rotated ? 1 : 0),
      "LANES": .integer(lanes(of: extents)),
      "CHANNELS_PER_ITEM": .integer(channelsPerItem(extents)),
      "FILTERS_PER_ITEM": .integer(filtersPerItem(extents)),
      "CHUNKS": .integer(chunks(extents)),
    ])
  }

  /// Columns of a vector: 8, or 4 for rows that would leave most of it empty.
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
