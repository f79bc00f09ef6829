import CVectorKernels

/// Convolutions between activations in blocks of eight channels: Winograd's F(2 x 2, 3 x 3), which
/// needs 4/9 of the multiplications (Lavin and Gray, arXiv 1509.09308).
extension CPUDevice {
  func winogradConvolution(
    _ convolution: VectorConvolution, input: Tensor, weight: Tensor, bias: Tensor, output: Tensor
  ) throws -> any Operation {
    try winogradCorrelation("convolution/winograd", convolution, input, weight, bias: bias, output)
    {
      topo_winograd_pack(convolution.shape(), $0, $1, Int32($2), Int32($2 + 1))
    }
  }

  /// The gradient with respect to the input is the convolution of the output's gradient with
  /// rotated filters; `convolution` is that convolution.
  func winogradBackwardData(
    _ convolution: VectorConvolution, outputGradient: Tensor, weight: Tensor, inputGradient: Tensor
  ) throws -> any Operation {
    try winogradCorrelation(
      "convolution-backward-data/winograd", convolution, outputGradient, weight, bias: nil,
      inputGradient
    ) {
      topo_winograd_pack_rotated(convolution.shape(), $0, $1, Int32($2), Int32($2 + 1))
    }
  }

  private func winogradCorrelation(
    _ name: String, _ convolution: VectorConvolution, _ input: Tensor, _ weight: Tensor,
    bias: Tensor?,
    _ output: Tensor,
    pack:
      @escaping @Sendable (
        _ dense: UnsafeMutablePointer<Float>, _ packed: UnsafeMutablePointer<Float>, _ block: Int
      ) -> Void
  ) throws -> any Operation {
    convolution.requireFit(weight: weight, bias: bias)
    let slices = mapSlices(convolution)
    let scratch = threadScratch(
      topo_winograd_forward_scratch(convolution.shape(slices(1).size)))
    let packed = try stepFloats(output.members, topo_winograd_weights(convolution.shape()))
    let (x, w) = (CPUView<Float>(input), CPUView<Float>(weight))
    let (b, y) = (bias.map(CPUView<Float>.init), CPUView<Float>(output))
    let code = instructions.code

    return CPUOperation(name, members: output.members) { member, team in
      let (x, w, y) = (x[member, team], w[member, team], y[member, team])
      let (packed, slices) = (packed[member, team], slices(team.size))
      team.forEach(convolution.weightBlocks) { pack(w, packed, $0) }
      team.forEach(slices.count) { slice in
        topo_winograd_forward(
          code, convolution.shape(slices.images(slice)),
          x + slices.first(slice) * convolution.imageIn, packed, b?[member, team],
          y + slices.first(slice) * convolution.imageOut, scratch(team))
      }
    }
  }

  func winogradBackwardWeight(
    _ convolution: VectorConvolution, input: Tensor, outputGradient: Tensor, weightGradient: Tensor,
    biasGradient: Tensor
  ) throws -> any Operation {
    let largest = convolution.shape(
      BatchSlices(batch: convolution.batch, most: Self.sumSlices).size)
    let code = instructions.code
    return try vectorBackwardWeight(
      "convolution-backward-weight/winograd", convolution, input: input,
      outputGradient: outputGradient,
      weightGradient: weightGradient, biasGradient: biasGradient,
      packedCount: topo_winograd_weights(largest),
      scratch: topo_winograd_weight_scratch(largest),
      pass: {
        topo_winograd_weight_gradient(
          code, $0, Int32($1.lowerBound), Int32($1.upperBound), $2, $3, $4, $5, $6)
      },
      unpack: { packed, slices, stride, weight, team in
        team.forEach(convolution.weightBlocks) {
          topo_winograd_unpack(
            convolution.shape(), packed, slices, stride, weight, Int32($0), Int32($0 + 1))
        }
      })
  }
}

extension VectorConvolution {
  /// Blocks of 8 x 8 channels of weights: pieces of work for packing and unpacking.
  fileprivate var weightBlocks: Int { weightCount / (9 * 64) }
}
