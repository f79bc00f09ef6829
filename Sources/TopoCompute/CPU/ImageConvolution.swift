import CVectorKernels

/// Convolutions of images, a network's first layer.
extension CPUDevice {
  func imageConvolution(
    _ convolution: VectorConvolution, input: Tensor, weight: Tensor, bias: Tensor, output: Tensor
  ) throws -> any Operation {
    convolution.requireFit(weight: weight, bias: bias)
    let slices = mapSlices(convolution)
    let scratch = threadScratch(topo_image_scratch(convolution.shape()))
    let packed = try stepFloats(output.members, convolution.weightCount)
    let (x, w) = (CPUView<Float>(input), CPUView<Float>(weight))
    let (b, y) = (CPUView<Float>(bias), CPUView<Float>(output))
    let code = instructions.code

    return CPUOperation("convolution/image", members: output.members) { member, team in
      let (x, w, y) = (x[member, team], w[member, team], y[member, team])
      let (packed, slices) = (packed[member, team], slices(team.size))
      team.once { topo_image_pack(convolution.shape(), w, packed) }
      team.forEach(slices.count) { slice in
        topo_image_forward(
          code, convolution.shape(slices.images(slice)),
          x + slices.first(slice) * convolution.imageIn, packed, b[member, team],
          y + slices.first(slice) * convolution.imageOut, scratch(team))
      }
    }
  }

  func imageBackwardWeight(
    _ convolution: VectorConvolution, input: Tensor, outputGradient: Tensor, weightGradient: Tensor,
    biasGradient: Tensor
  ) throws -> any Operation {
    let code = instructions.code
    return try vectorBackwardWeight(
      "convolution-backward-weight/image", convolution, input: input,
      outputGradient: outputGradient,
      weightGradient: weightGradient, biasGradient: biasGradient,
      packedCount: convolution.weightCount,
      scratch: topo_image_scratch(convolution.shape()),
      pass: {
        topo_image_weight_gradient(
          code, $0, Int32($1.lowerBound), Int32($1.upperBound), $2, $3, $4, $5, $6)
      },
      unpack: { packed, slices, stride, weight, team in
        team.once { topo_image_unpack(convolution.shape(), packed, slices, stride, weight) }
      })
  }
}
