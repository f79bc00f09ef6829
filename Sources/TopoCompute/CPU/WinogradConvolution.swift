import CVectorKernels

/// Convolutions between activations in blocks of eight channels: Winograd's F(2 x 2, 3 x 3), which
/// needs 4/9 of the multiplications (Lavin and Gray, arXiv 1509.09308).
extension CPUDevice {
  func winogradConvolution(
    _ own: OwnConvolution, input: Tensor, weight: Tensor, bias: Tensor, output: Tensor
  ) throws -> any Operation {
    try winogradCorrelation("convolution/winograd", own, input, weight, bias: bias, output) {
      topo_winograd_pack(own.shape(), $0, $1, Int32($2), Int32($2 + 1))
    }
  }

  /// The gradient with respect to the input is the convolution of the output's gradient with the
  /// weights turned around; `own` is that convolution.
  func winogradBackwardData(
    _ own: OwnConvolution, outputGradient: Tensor, weight: Tensor, inputGradient: Tensor
  ) throws -> any Operation {
    try winogradCorrelation(
      "convolution-backward-data/winograd", own, outputGradient, weight, bias: nil, inputGradient
    ) {
      topo_winograd_pack_rotated(own.shape(), $0, $1, Int32($2), Int32($2 + 1))
    }
  }

  private func winogradCorrelation(
    _ name: String, _ own: OwnConvolution, _ input: Tensor, _ weight: Tensor, bias: Tensor?,
    _ output: Tensor,
    pack:
      @escaping @Sendable (
        _ dense: UnsafeMutablePointer<Float>, _ packed: UnsafeMutablePointer<Float>, _ block: Int
      ) -> Void
  ) throws -> any Operation {
    own.requireFit(weight: weight, bias: bias)
    let slices = BatchSlices(batch: own.batch, most: Self.mapSlices)
    let scratch = laneScratch(topo_winograd_forward_scratch(own.shape(slices.size)))
    let packed = try stepFloats(output.members, topo_winograd_weights(own.shape()))
    let (x, w) = (CPUView<Float>(input), CPUView<Float>(weight))
    let (b, y) = (bias.map(CPUView<Float>.init), CPUView<Float>(output))

    return CPUOperation(name, members: output.members) { member, team in
      let (x, w, y) = (x[member, team], w[member, team], y[member, team])
      let packed = packed[member, team]
      team.forEach(own.weightBlocks) { pack(w, packed, $0) }
      team.forEach(slices.count) { slice in
        topo_winograd_forward(
          own.shape(slices.images(slice)), x + slices.first(slice) * own.imageIn, packed,
          b?[member, team], y + slices.first(slice) * own.imageOut, scratch(team))
      }
    }
  }

  func winogradBackwardWeight(
    _ own: OwnConvolution, input: Tensor, outputGradient: Tensor, weightGradient: Tensor,
    biasGradient: Tensor
  ) throws -> any Operation {
    let largest = own.shape(BatchSlices(batch: own.batch, most: Self.sumSlices).size)
    return try ownBackwardWeight(
      "convolution-backward-weight/winograd", own, input: input, outputGradient: outputGradient,
      weightGradient: weightGradient, biasGradient: biasGradient,
      packedCount: topo_winograd_weights(largest),
      scratch: topo_winograd_weight_scratch(largest),
      pass: { topo_winograd_weight_gradient($0, $1, $2, $3, $4, $5) },
      unpack: { packed, slices, stride, weight, team in
        team.forEach(own.weightBlocks) {
          topo_winograd_unpack(
            own.shape(), packed, slices, stride, weight, Int32($0), Int32($0 + 1))
        }
      })
  }
}

extension OwnConvolution {
  /// Blocks of 8 x 8 channels of weights: work that lanes share when they pack and unpack.
  fileprivate var weightBlocks: Int { weightCount / (9 * 64) }
}
