import CVectorKernels

/// A convolution that our vector kernels (AVX2) compute: 3 x 3, stride 1, padding 1, output
/// channels in whole groups of 32 and in blocks of eight.
///
/// oneDNN's kernels for AVX2 call their inner part once for each row of an image; with rows of 4 to
/// 16 pixels, as these networks have, the calls cost as much as a tenth of the whole step. Its
/// gradient of the weights of an image's one or three channels runs at a tenth of the peak.
struct VectorConvolution {
  private let whole: topo_convolution_t
  let batch: Int
  /// Whether the input is dense, as images are; otherwise its channels are in blocks of eight.
  let ofImages: Bool

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
    ofImages = input.layout == .dense
    whole = topo_convolution_t(
      images: Int32(batch), inputs: Int32(input.shape[1]), outputs: Int32(output.shape[1]),
      rows: Int32(input.shape[2]), columns: Int32(input.shape[3]))
  }

  /// The shape of `images` images.
  func shape(_ images: Int = 0) -> topo_convolution_t {
    var shape = whole
    shape.images = Int32(images)
    return shape
  }

  var weightCount: Int { outputs * Int(whole.inputs) * 9 }
  var outputs: Int { Int(whole.outputs) }
  var imageIn: Int { Int(whole.inputs) * pixels }
  var imageOut: Int { outputs * pixels }
  private var pixels: Int { Int(whole.rows) * Int(whole.columns) }

  /// Requires that parameters, or their gradients, fit.
  func requireFit(weight: Tensor, bias: Tensor?) {
    precondition(weight.count == weightCount, "weight \(weight.shape) does not fit")
    precondition(bias.map { $0.count == outputs } ?? true, "the bias does not fit")
  }
}

extension CPUDevice {
  /// Step memory of `count` floats for each of `pieces`.
  func stepFloats(_ members: Int, _ count: Int, pieces: Int = 1) throws -> CPUView<Float> {
    CPUView(
      try makeTensor(
        members: members, shape: [pieces, count], elementType: .float32, lifetime: .step))
  }

  /// Every thread's workspace, at least `floats` floats.
  func threadScratch(_ floats: Int) -> @Sendable (Team) -> UnsafeMutablePointer<Float> {
    oneDNN.reserveScratch(floats * MemoryLayout<Float>.stride)
    return { [oneDNN] team in oneDNN.scratch[team.thread].assumingMemoryBound(to: Float.self) }
  }

  /// Runs the gradient of the weights slice by slice: `pass` leaves a slice's partial sums, packed
  /// weights and then biases; `unpack` adds them up.
  func vectorBackwardWeight(
    _ name: String, _ convolution: VectorConvolution, input: Tensor, outputGradient: Tensor,
    weightGradient: Tensor, biasGradient: Tensor, packedCount: Int, scratch scratchCount: Int,
    pass:
      @escaping @Sendable (
        topo_convolution_t, _ x: UnsafeMutablePointer<Float>, _ dy: UnsafeMutablePointer<Float>,
        _ packed: UnsafeMutablePointer<Float>, _ bias: UnsafeMutablePointer<Float>,
        _ scratch: UnsafeMutablePointer<Float>
      ) -> Void,
    unpack:
      @escaping @Sendable (
        _ packed: UnsafeMutablePointer<Float>, _ slices: Int32, _ stride: Int,
        _ weight: UnsafeMutablePointer<Float>, Team
      ) -> Void
  ) throws -> any Operation {
    convolution.requireFit(weight: weightGradient, bias: biasGradient)
    let members = outputGradient.members
    let slices = BatchSlices(batch: convolution.batch, most: Self.sumSlices)
    let scratch = threadScratch(scratchCount)
    let stride = packedCount + convolution.outputs
    let partials = try stepFloats(members, stride, pieces: slices.count)
    let (x, dy) = (CPUView<Float>(input), CPUView<Float>(outputGradient))
    let (dw, db) = (CPUView<Float>(weightGradient), CPUView<Float>(biasGradient))

    return CPUOperation(name, members: members) { member, team in
      let (x, dy) = (x[member, team], dy[member, team])
      let (dw, db) = (dw[member, team], db[member, team])
      let sums = partials[member, team]
      team.forEach(slices.count) { slice in
        let sum = sums + slice * stride
        pass(
          convolution.shape(slices.images(slice)), x + slices.first(slice) * convolution.imageIn,
          dy + slices.first(slice) * convolution.imageOut, sum, sum + packedCount, scratch(team))
      }
      unpack(sums, Int32(slices.count), stride, dw, team)
      team.once {
        db.update(from: sums + packedCount, count: convolution.outputs)
        for slice in 1..<max(slices.count, 1) {
          addAll(db, sums + slice * stride + packedCount, convolution.outputs)
        }
      }
    }
  }
}
