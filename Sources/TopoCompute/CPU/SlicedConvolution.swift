/// A batch's convolution by oneDNN: one primitive for full slices of the batch, and one for the
/// last slice if it is shorter.
struct SlicedPrimitives: @unchecked Sendable {
  let direction: OneDNNConvolution.Direction
  let slices: BatchSlices
  let full: OneDNNConvolution
  private let short: OneDNNConvolution?

  /// - Throws: `DeviceError` when oneDNN has no such convolution.
  init(
    _ direction: OneDNNConvolution.Direction, _ window: Window, input: Tensor, output: Tensor,
    bias: Bool, slices: BatchSlices, oneDNN: OneDNN
  ) throws {
    func make(_ images: Int, weights: OneDNNLayout? = nil) throws -> OneDNNConvolution {
      try OneDNNConvolution(
        direction, window, input: input, output: output, images: images, bias: bias,
        weights: weights, oneDNN: oneDNN)
    }
    (self.direction, self.slices) = (direction, slices)
    full = try make(slices.size)
    // Both read the same converted weights.
    short =
      slices.last == slices.size
      ? nil : try make(slices.last, weights: full.primitive.layouts[.weights])
  }

  subscript(slice: Int) -> OneDNNConvolution { slices.isShort(slice) ? short ?? full : full }

  /// Floats of one slice's converted input.
  var sourceCount: Int { max(full.sourceCount, short?.sourceCount ?? 0) }
  /// Floats of one slice's converted output.
  var destinationCount: Int { max(full.destinationCount, short?.destinationCount ?? 0) }
}

/// The same with its activations, and memory to convert them: each slice is converted to the
/// layouts that its primitive wants, computed, and converted back.
struct SlicedConvolution: @unchecked Sendable {
  private let primitives: SlicedPrimitives
  /// The convolution's input and output, or their gradients.
  private let source: Side
  private let destination: Side

  /// One of the two activations.
  private struct Side: @unchecked Sendable {
    let values: CPUView<Float>
    /// Elements of an image.
    let image: Int
    /// Each slice's copy in the primitive's layout, of `count` floats; nil if no slice needs one.
    let copies: CPUView<Float>?
    let count: Int

    func values(_ first: Int, _ member: Int, _ team: Team) -> UnsafeMutablePointer<Float> {
      values[member, team] + first * image
    }

    func copy(_ slice: Int, _ member: Int, _ team: Team) -> UnsafeMutablePointer<Float>? {
      copies.map { $0[member, team] + slice * count }
    }
  }

  /// - Throws: `DeviceError` when there is not enough memory for the copies.
  init(
    _ primitives: SlicedPrimitives, input: Tensor, output: Tensor, members: Int,
    device: CPUDevice
  ) throws {
    func side(_ tensor: Tensor, _ count: Int) throws -> Side {
      Side(
        values: CPUView(tensor), image: tensor.count / tensor.shape[0],
        copies: count == 0
          ? nil : try device.stepFloats(members, count, pieces: primitives.slices.count),
        count: count)
    }
    self.primitives = primitives
    // What is read takes its memory first: step memory depends on the order.
    if primitives.direction == .backwardData {
      destination = try side(output, primitives.destinationCount)
      source = try side(input, primitives.sourceCount)
    } else {
      source = try side(input, primitives.sourceCount)
      destination = try side(output, primitives.destinationCount)
    }
  }

  /// Computes one slice on the calling thread.
  func run(
    _ slice: Int, weights: UnsafeMutablePointer<Float>, bias: UnsafeMutablePointer<Float>?,
    _ member: Int, _ team: Team
  ) {
    let convolution = primitives[slice]
    let first = primitives.slices.first(slice)
    /// What the primitive reads or writes, and what is to be done after it.
    func prepare(
      _ side: Side, _ conversion: OneDNNPrimitive?, isRead: Bool
    ) -> (used: UnsafeMutablePointer<Float>, values: UnsafeMutablePointer<Float>) {
      let values = side.values(first, member, team)
      guard let conversion, let copy = side.copy(slice, member, team) else {
        return (values, values)
      }
      if isRead {
        conversion.execute(thread: team.thread, .init(source: values, destination: copy))
      }
      return (copy, values)
    }
    let isSourceRead = primitives.direction != .backwardData
    let isDestinationRead = primitives.direction != .forward
    let x = prepare(source, convolution.source, isRead: isSourceRead)
    let y = prepare(destination, convolution.destination, isRead: isDestinationRead)
    convolution.primitive.execute(
      thread: team.thread,
      .init(source: x.used, weights: weights, bias: bias, destination: y.used))
    if !isSourceRead {
      convolution.source?.execute(
        thread: team.thread, .init(source: x.used, destination: x.values))
    }
    if !isDestinationRead {
      convolution.destination?.execute(
        thread: team.thread, .init(source: y.used, destination: y.values))
    }
  }
}
