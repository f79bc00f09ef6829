import CVectorKernels

/// Convolutions of images, a network's first layer.
extension CPUDevice {
  func imageConvolution(
    _ own: OwnConvolution, input: Tensor, weight: Tensor, bias: Tensor, output: Tensor
  ) throws -> any Operation {
    own.requireFit(weight: weight, bias: bias)
    let slices = BatchSlices(batch: own.batch, most: Self.mapSlices)
    let scratch = laneScratch(topo_image_scratch(own.shape()))
    let packed = try stepFloats(output.members, own.weightCount)
    let (x, w) = (CPUView<Float>(input), CPUView<Float>(weight))
    let (b, y) = (CPUView<Float>(bias), CPUView<Float>(output))

    return CPUOperation("convolution/image", members: output.members) { member, team in
      let (x, w, y) = (x[member, team], w[member, team], y[member, team])
      let packed = packed[member, team]
      team.once { topo_image_pack(own.shape(), w, packed) }
      team.forEach(slices.count) { slice in
        topo_image_forward(
          own.shape(slices.images(slice)), x + slices.first(slice) * own.imageIn, packed,
          b[member, team], y + slices.first(slice) * own.imageOut, scratch(team))
      }
    }
  }

  func imageBackwardWeight(
    _ own: OwnConvolution, input: Tensor, outputGradient: Tensor, weightGradient: Tensor,
    biasGradient: Tensor
  ) throws -> any Operation {
    try ownBackwardWeight(
      "convolution-backward-weight/image", own, input: input, outputGradient: outputGradient,
      weightGradient: weightGradient, biasGradient: biasGradient, packedCount: own.weightCount,
      scratch: topo_image_scratch(own.shape()),
      pass: { topo_image_weight_gradient($0, $1, $2, $3, $4, $5) },
      unpack: { packed, slices, stride, weight, team in
        team.once { topo_image_unpack(own.shape(), packed, slices, stride, weight) }
      })
  }
}
