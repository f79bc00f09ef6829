import CVectorKernels

/// A convolution that our own kernels compute: 3 x 3, stride 1, padding 1, output channels in whole
/// groups of 32, and in blocks of eight; so are the input's, or they are dense.
///
/// oneDNN's kernels for AVX2 call their inner part once for each row of an image; with rows of 4 to
/// 16 pixels, as these networks have, the calls cost as much as a tenth of the whole step. Its
/// gradient of the weights of an image's one or three channels runs at a tenth of the peak.
struct TiledConvolution {
  private let whole: topo_tiles_t
  let batch: Int

  init?(_ window: Window, input: Tensor, output: Tensor) {
    guard window == Window(3, stride: 1, padding: 1),
      input.layout == .blockedChannels(8) || input.layout == .dense,
      output.layout == .blockedChannels(8),
      output.shape[1] % 32 == 0
    else { return nil }
    precondition(
      input.shape[0] == output.shape[0] && input.shape[2...] == output.shape[2...],
      "input \(input.shape) and output \(output.shape) do not fit")
    batch = output.shape[0]
    whole = topo_tiles_t(
      images: Int32(batch), block: input.layout == .dense ? 1 : 8, inputs: Int32(input.shape[1]),
      outputs: Int32(output.shape[1]),
      rows: Int32(input.shape[2]), columns: Int32(input.shape[3]))
  }

  /// The shape of `images` images.
  func shape(_ images: Int) -> topo_tiles_t {
    var shape = whole
    shape.images = Int32(images)
    return shape
  }

  /// Blocks of weights: work that lanes share when they pack and unpack.
  var blocks: Int { Int(whole.outputs / 32 * (whole.inputs / whole.block)) }
  /// Whether the input's channels are in blocks, as the forward kernel needs them.
  var isBlocked: Bool { whole.block > 1 }
  var weightCount: Int { Int(whole.outputs * whole.inputs) * 9 }
  var outputs: Int { Int(whole.outputs) }
  var imageIn: Int { Int(whole.inputs * whole.rows * whole.columns) }
  var imageOut: Int { Int(whole.outputs * whole.rows * whole.columns) }

  /// Floats that a slice of images needs to work in.
  func scratch(_ slices: BatchSlices) -> Int {
    (topo_tiles_scratch(shape(slices.size)) + 15) / 16 * 16
  }
}

extension BatchSlices {
  /// Images of a slice.
  func images(_ slice: Int) -> Int { slice == count - 1 ? rest : size }
}

extension CPUDevice {
  func tiledConvolution(
    _ tiled: TiledConvolution, input: Tensor, weight: Tensor, bias: Tensor, output: Tensor
  ) throws -> any Operation {
    try tiledCorrelation("convolution/tiles", tiled, input, weight, bias: bias, output) {
      topo_tiles_pack(tiled.shape(0), $0, $1, Int32($2), Int32($2 + 1))
    }
  }

  /// The gradient with respect to the input is the convolution of the output's gradient with the
  /// weights turned around; `tiled` is that convolution.
  func tiledConvolutionBackwardData(
    _ tiled: TiledConvolution, outputGradient: Tensor, weight: Tensor, inputGradient: Tensor
  ) throws -> any Operation {
    try tiledCorrelation(
      "convolution-backward-data/tiles", tiled, outputGradient, weight, bias: nil, inputGradient
    ) {
      topo_tiles_pack_rotated(tiled.shape(0), $0, $1, Int32($2), Int32($2 + 1))
    }
  }

  private func tiledCorrelation(
    _ name: String, _ tiled: TiledConvolution, _ input: Tensor, _ weight: Tensor, bias: Tensor?,
    _ output: Tensor,
    pack:
      @escaping @Sendable (
        _ dense: UnsafeMutablePointer<Float>, _ packed: UnsafeMutablePointer<Float>, _ block: Int
      ) -> Void
  ) throws -> any Operation {
    precondition(weight.count == tiled.weightCount, "weight \(weight.shape) does not fit")
    precondition(bias.map { $0.count == tiled.outputs } ?? true, "the bias does not fit")
    let slices = BatchSlices(batch: tiled.batch, most: Self.mapSlices)
    let scratchCount = tiled.scratch(slices)
    let scratch = CPUView<Float>(
      try stepFloats(output.members, scratchCount, pieces: slices.count))
    let packed = CPUView<Float>(try stepFloats(output.members, tiled.weightCount))
    let (x, w) = (CPUView<Float>(input), CPUView<Float>(weight))
    let (b, y) = (bias.map(CPUView<Float>.init), CPUView<Float>(output))

    return CPUOperation(name, members: output.members) { member, team in
      let (x, w, y) = (x[member, team], w[member, team], y[member, team])
      let (packed, scratch) = (packed[member, team], scratch[member, team])
      team.forEach(tiled.blocks) { pack(w, packed, $0) }
      team.forEach(slices.count) { slice in
        topo_tiles_forward(
          tiled.shape(slices.images(slice)), x + slices.first(slice) * tiled.imageIn, packed,
          b?[member, team], y + slices.first(slice) * tiled.imageOut,
          scratch + slice * scratchCount)
      }
    }
  }

  func tiledConvolutionBackwardWeight(
    _ tiled: TiledConvolution, input: Tensor, outputGradient: Tensor, weightGradient: Tensor,
    biasGradient: Tensor
  ) throws -> any Operation {
    precondition(
      weightGradient.count == tiled.weightCount && biasGradient.count == tiled.outputs,
      "gradients of weight \(weightGradient.shape) and bias do not fit")
    let members = outputGradient.members
    let slices = BatchSlices(batch: tiled.batch, most: Self.sumSlices)
    let scratchCount = tiled.scratch(slices)
    let scratch = CPUView<Float>(try stepFloats(members, scratchCount, pieces: slices.count))
    // A slice's partial sums: the packed weights, then the biases.
    let stride = tiled.weightCount + tiled.outputs
    let partials = CPUView<Float>(try stepFloats(members, stride, pieces: slices.count))
    let (x, dy) = (CPUView<Float>(input), CPUView<Float>(outputGradient))
    let (dw, db) = (CPUView<Float>(weightGradient), CPUView<Float>(biasGradient))

    return CPUOperation("convolution-backward-weight/tiles", members: members) { member, team in
      let (x, dy) = (x[member, team], dy[member, team])
      let (dw, db) = (dw[member, team], db[member, team])
      let (sums, scratch) = (partials[member, team], scratch[member, team])
      team.forEach(slices.count) { slice in
        let sum = sums + slice * stride
        topo_tiles_weight_gradient(
          tiled.shape(slices.images(slice)), x + slices.first(slice) * tiled.imageIn,
          dy + slices.first(slice) * tiled.imageOut, sum, sum + tiled.weightCount,
          scratch + slice * scratchCount)
      }
      team.forEach(tiled.blocks) { block in
        topo_tiles_unpack(
          tiled.shape(0), sums, Int32(slices.count), stride, dw, Int32(block), Int32(block + 1))
      }
      team.once {
        db.update(from: sums + tiled.weightCount, count: tiled.outputs)
        for slice in 1..<max(slices.count, 1) {
          addAll(db, sums + slice * stride + tiled.weightCount, tiled.outputs)
        }
      }
    }
  }

  /// Step memory of `count` floats for each of `pieces`.
  private func stepFloats(_ members: Int, _ count: Int, pieces: Int = 1) throws -> Tensor {
    try makeTensor(
      members: members, shape: [pieces, count], elementType: .float32, lifetime: .step)
  }
}
