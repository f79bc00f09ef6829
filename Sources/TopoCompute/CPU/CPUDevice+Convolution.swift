extension CPUDevice {
  /// Slices of a batch in operations without a sum over images.
  static let mapSlices = 8
  /// Slices where each leaves a partial sum of the whole weight gradient, which then must be
  /// added up: few.
  static let sumSlices = 4

  private func sliced(
    _ direction: OneDNNConvolution.Direction, _ window: Window, input: Tensor, output: Tensor,
    bias: Bool, most: Int
  ) throws -> SlicedPrimitives {
    try oneDNN.prepare { [oneDNN] in
      try SlicedPrimitives(
        direction, window, input: input, output: output, bias: bias,
        slices: BatchSlices(batch: output.shape[0], most: most), oneDNN: oneDNN)
    }
  }

  /// `Device.convolution`; algorithms `winograd` (F(2 x 2, 3 x 3)), `image` (for few
  /// channels), and oneDNN's.
  public func convolution(
    _ window: Window, input: Tensor, weight: Tensor, bias: Tensor, output: Tensor
  ) throws -> any Operation {
    if vectorConvolutions, let convolution = VectorConvolution(window, input: input, output: output)
    {
      return convolution.ofImages
        ? try imageConvolution(
          convolution, input: input, weight: weight, bias: bias, output: output)
        : try winogradConvolution(
          convolution, input: input, weight: weight, bias: bias, output: output)
    }
    let primitives = try sliced(
      .forward, window, input: input, output: output, bias: true, most: Self.mapSlices)
    let weights = try OneDNNWeights(
      primitives.full, weight, toPrimitive: true, device: self)
    let convolution = try SlicedConvolution(
      primitives, input: input, output: output, members: output.members, device: self)
    let bias = CPUView<Float>(bias)
    return CPUOperation(
      "convolution/\(primitives.full.primitive.implementation)", members: output.members
    ) { member, team in
      let weights = weights.converted(member, team)
      team.forEach(primitives.slices.count) { slice in
        convolution.run(slice, weights: weights, bias: bias[member, team], member, team)
      }
    }
  }

  /// `Device.convolutionBackwardData`; algorithms `winograd` and oneDNN's.
  public func convolutionBackwardData(
    _ window: Window, outputGradient: Tensor, weight: Tensor, inputGradient: Tensor
  ) throws -> any Operation {
    if vectorConvolutions,
      let convolution = VectorConvolution(window, input: outputGradient, output: inputGradient),
      !convolution.ofImages
    {
      return try winogradBackwardData(
        convolution, outputGradient: outputGradient, weight: weight, inputGradient: inputGradient)
    }
    let members = inputGradient.members
    let primitives = try sliced(
      .backwardData, window, input: inputGradient, output: outputGradient, bias: false,
      most: Self.mapSlices)
    let weights = try OneDNNWeights(
      primitives.full, weight, toPrimitive: true, device: self)
    let convolution = try SlicedConvolution(
      primitives, input: inputGradient, output: outputGradient, members: members, device: self)
    return CPUOperation(
      "convolution-backward-data/\(primitives.full.primitive.implementation)", members: members
    ) { member, team in
      let weights = weights.converted(member, team)
      team.forEach(primitives.slices.count) { slice in
        convolution.run(slice, weights: weights, bias: nil, member, team)
      }
    }
  }

  /// `Device.convolutionBackwardWeight`; algorithms `winograd`, `image` and oneDNN's, in slices of
  /// the batch that are added in order.
  public func convolutionBackwardWeight(
    _ window: Window, input: Tensor, outputGradient: Tensor, weightGradient: Tensor,
    biasGradient: Tensor
  ) throws -> any Operation {
    if vectorConvolutions,
      let convolution = VectorConvolution(window, input: input, output: outputGradient)
    {
      let backward = convolution.ofImages ? imageBackwardWeight : winogradBackwardWeight
      return try backward(convolution, input, outputGradient, weightGradient, biasGradient)
    }
    let members = outputGradient.members
    let primitives = try sliced(
      .backwardWeight, window, input: input, output: outputGradient, bias: true,
      most: Self.sumSlices)
    let slices = primitives.slices
    let weights = try OneDNNWeights(
      primitives.full, weightGradient, toPrimitive: false, device: self)
    let outputs = outputGradient.shape[1]
    // One slice's partial sums: the weights as the primitive writes them, then the biases.
    let (weightCount, biasCount) = (primitives.full.weightCount, (outputs + 15) / 16 * 16)
    let stride = weightCount + biasCount
    let partials = try stepFloats(members, stride, pieces: slices.count)
    let convolution = try SlicedConvolution(
      primitives, input: input, output: outputGradient, members: members, device: self)
    let db = CPUView<Float>(biasGradient)

    return CPUOperation(
      "convolution-backward-weight/\(primitives.full.primitive.implementation)", members: members
    ) { member, team in
      let sums = partials[member, team]
      team.forEach(slices.count) { slice in
        let sum = sums + slice * stride
        convolution.run(slice, weights: sum, bias: sum + weightCount, member, team)
      }
      team.forEachRange(stride) { range in
        for slice in 1..<max(slices.count, 1) {
          addAll(sums + range.lowerBound, sums + slice * stride + range.lowerBound, range.count)
        }
      }
      weights.write(from: sums, member, team)
      team.once { db[member, team].update(from: sums + weightCount, count: outputs) }
    }
  }
}
