/// Convolutions as matrix products (`implicit_gemm.cl`, `implicit_gemm_weight.cl`).
extension OpenCLDevice {
  /// The forward form: weights are packed, then multiplied. `rotated` with the extents of the
  /// gradient with respect to the input, without a bias.
  func implicitCorrelation(
    _ tiling: ConvolutionTiling, _ extents: ConvolutionExtents, tensorProducts: Int,
    rotated: Bool, source: Tensor, weight: Tensor, bias: Tensor?, target: Tensor
  ) throws -> [OpenCLStep] {
    let members = target.members
    let tapsInner = extents.sourceChannels < 8
    let taps = extents.window.kernel.rows * extents.window.kernel.columns
    var constants = constants(tiling, extents, tensorProducts, target: target)
    constants["ROTATED"] = .integer(rotated ? 1 : 0)
    constants["TAPS_INNER"] = .integer(tapsInner ? 1 : 0)
    let rows =
      tapsInner
      ? tiled(extents.sourceChannels * taps, tiling.tileK)
      : taps * tiled(extents.sourceChannels, tiling.tileK)
    let tilesM = tiled(extents.targetChannels, tiling.tileM)
    let tilesN = tiled(
      extents.batch * extents.target.rows * extents.target.columns, tiling.tileN)
    let packed = try makeTensor(
      members: members, shape: [rows * tiling.tileK, tilesM * tiling.tileM],
      elementType: .float32, lifetime: .step)
    return [
      try pointwise(
        "implicit_gemm_pack", of: .implicitGemm, constants, [.tensor(weight), .tensor(packed)],
        count: packed.count, members: members),
      try launch(
        "implicit_gemm_correlate", of: .implicitGemm, constants,
        [.tensor(source), .tensor(packed)] + (bias.map { [.tensor($0)] } ?? [])
          + [.tensor(target)],
        grid: (tilesM * tilesN * tiling.workItems, 1, members), group: tiling.workItems),
    ]
  }

  /// The weights' gradient of each chunk of pixels.
  func implicitWeightGradient(
    _ tiling: ConvolutionTiling, _ extents: ConvolutionExtents, tensorProducts: Int, chunks: Int,
    input: Tensor, outputGradient: Tensor, partial: Tensor
  ) throws -> OpenCLStep {
    var constants = constants(tiling, extents, tensorProducts, target: outputGradient)
    constants["CHUNKS"] = .integer(chunks)
    return try launch(
      "implicit_gemm_weight_gradient", of: .implicitGemmWeight, constants,
      [.tensor(input), .tensor(outputGradient), .tensor(partial)],
      grid: (weightTiles(tiling, extents) * tiling.workItems, chunks, outputGradient.members),
      group: tiling.workItems)
  }

  /// Chunks of pixels in the weights' gradient: enough to keep a large device busy with one
  /// member, of at least 512 pixels. A function of shape and tiling alone, for the order of the
  /// sum depends on it.
  func implicitChunks(_ tiling: ConvolutionTiling, _ extents: ConvolutionExtents) -> Int {
    let pixels = extents.batch * extents.target.rows * extents.target.columns
    return max(1, min(64 / weightTiles(tiling, extents), pixels / 512))
  }

  /// Tiles of the weights' gradient.
  private func weightTiles(_ tiling: ConvolutionTiling, _ extents: ConvolutionExtents) -> Int {
    let filter =
      extents.sourceChannels * extents.window.kernel.rows * extents.window.kernel.columns
    return tiled(extents.targetChannels, tiling.tileM) * tiled(filter, tiling.tileN)
  }

  /// What both families are built with. `target` is the activation on the side that `extents`
  /// calls so; its vectors are used where they are aligned.
  private func constants(
    _ tiling: ConvolutionTiling, _ extents: ConvolutionExtents, _ tensorProducts: Int,
    target: Tensor
  ) -> KernelConstants {
    let isAligned =
      extents.target.rows * extents.target.columns % 4 == 0 && target.offset % 4 == 0
      && (target.members == 1 || target.memberStride % 4 == 0)
    var constants = extents.constants.merging(tiling.constants)
    constants["ALIGNED"] = .integer(isAligned ? 1 : 0)
    if tensorProducts > 0 {
      constants["TENSOR_PRODUCTS"] = .integer(tensorProducts)
      // What a stand-in only lists are the kernels of the device that it stands in for.
      let isListed = context.isStandIn && isMeasuring
      constants["EMULATED"] = .integer(tensorCores == .emulated && !isListed ? 1 : 0)
    }
    return constants
  }
}
