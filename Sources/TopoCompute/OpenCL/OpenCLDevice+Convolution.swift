extension OpenCLDevice {
  public func convolution(
    _ window: Window, input: Tensor, weight: Tensor, bias: Tensor, output: Tensor
  ) throws -> any Operation {
    let geometry = ConvolutionGeometry(window, input: input, weight: weight, output: output)
    bias.expect([geometry.outputChannels], members: output.members, "bias")
    return OpenCLOperation(
      "convolution/direct", on: self,
      [
        try correlate(
          geometry.forward, rotated: false,
          [.tensor(input), .tensor(weight), .tensor(bias), .tensor(output)],
          members: output.members)
      ])
  }

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
    if forced != "gather", let rotated = geometry.rotated {
      return OpenCLOperation(
        "convolution-backward-data/rotated", on: self,
        [try correlate(rotated, rotated: true, arguments, members: members)])
    }
    if forced == "rotated" {
      throw DeviceError(
        """
        The algorithm rotated of convolution-backward-data needs stride 1 and padding less than \
        the kernel's size; gather takes any
        """)
    }
    let extents = geometry.forward
    let perItem = min(4, extents.sourceChannels)
    var constants = constants(extents)
    constants["CHANNELS_PER_ITEM"] = .integer(perItem)
    return OpenCLOperation(
      "convolution-backward-data/gather", on: self,
      [
        try launch(
          "convolution_input_gradient", of: .convolution, constants, arguments,
          grid: (
            extents.batch * extents.source.rows * extents.source.columns,
            (extents.sourceChannels + perItem - 1) / perItem, members
          ), group: context.quirks.convolutionGroup)
      ])
  }

  public func convolutionBackwardWeight(
    _ window: Window, input: Tensor, outputGradient: Tensor, weightGradient: Tensor,
    biasGradient: Tensor
  ) throws -> any Operation {
    let geometry = ConvolutionGeometry(
      window, input: input, weight: weightGradient, output: outputGradient)
    let members = outputGradient.members
    biasGradient.expect([geometry.outputChannels], members: members, "biasGradient")
    let extents = geometry.forward
    let perItem = max(1, min(4, 12 / window.kernel.columns, extents.targetChannels))
    let lines = extents.sourceChannels * window.kernel.rows
    let tiles = (extents.targetChannels + perItem - 1) / perItem
    // Enough chunks to keep a large device busy with one member, and sums that stay short; a
    // function of the shape alone, for the order of the sum depends on it.
    let chunks = min(extents.batch, max((extents.batch + 15) / 16, 8192 / (lines * tiles)))
    var constants = constants(extents)
    constants["FILTERS_PER_ITEM"] = .integer(perItem)
    constants["CHUNKS"] = .integer(chunks)
    let partial =
      chunks == 1
      ? weightGradient
      : try makeWorkspace(members: members, shape: [chunks, weightGradient.count])
    var steps = [
      try launch(
        "convolution_weight_gradient", of: .convolution, constants,
        [.tensor(input), .tensor(outputGradient), .tensor(partial)],
        grid: (lines, tiles * chunks, members),
        group: min(context.quirks.convolutionGroup, roundedUpToPowerOfTwo(lines)))
    ]
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
    return OpenCLOperation("convolution-backward-weight/direct", on: self, steps)
  }

  /// The forward form, also of the gradient with respect to the input.
  private func correlate(
    _ extents: ConvolutionExtents, rotated: Bool, _ arguments: [KernelArgument], members: Int
  ) throws -> OpenCLStep {
    let perItem = min(8, roundedUpToPowerOfTwo(extents.targetChannels))
    var constants = constants(extents)
    constants["CHANNELS_PER_ITEM"] = .integer(perItem)
    constants["ROTATED"] = .integer(rotated ? 1 : 0)
    let lanes = lanes(of: extents)
    let columnTiles = (extents.target.columns + lanes - 1) / lanes
    let tiles = extents.batch * extents.target.rows * columnTiles
    return try launch(
      "convolution_correlate", of: .convolution, constants, arguments,
      grid: (tiles, (extents.targetChannels + perItem - 1) / perItem, members),
      group: min(context.quirks.convolutionGroup, roundedUpToPowerOfTwo(tiles)))
  }

  private func constants(_ extents: ConvolutionExtents) -> KernelConstants {
    let window = extents.window
    // A vector at a row's edge may reach this far into the storage's guard.
    let reach = 8 * window.stride.columns + window.kernel.columns + abs(window.padding.columns)
    precondition(
      reach <= OpenCLStorage.guardElements || window.stride.columns > 1,
      "kernels of more than 40 columns are not supported")
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
      "VECTOR": .integer(vectorWidth(extents.target.rows * extents.target.columns)),
    ]
  }

  /// Columns of a vector: 8, but for rows that would leave most of it empty.
  private func lanes(of extents: ConvolutionExtents) -> Int {
    extents.target.columns <= 4 ? 4 : 8
  }

  private func roundedUpToPowerOfTwo(_ value: Int) -> Int {
    var power = 1
    while power < value { power *= 2 }
    return power
  }
}
