import COneDNN
import CVectorKernels

extension CPUDevice {
  /// A product of row-major or transposed matrices, `rows x inner` by `inner x columns`.
  private func product(
    rows: Int, inner: Int, columns: Int, sourceStrides: [Int], weightStrides: [Int], bias: Bool
  ) throws -> OneDNNPrimitive {
    try oneDNN.prepare { [oneDNN] in
      let source = try unwrap(OneDNNLayout.dense([rows, inner], strides: sourceStrides))
      let weights = try unwrap(OneDNNLayout.dense([inner, columns], strides: weightStrides))
      let biases = bias ? try unwrap(OneDNNLayout.dense([1, columns])) : nil
      let destination = try unwrap(OneDNNLayout.dense([rows, columns]))
      let description = try unwrap(
        topo_matmul(
          oneDNN.engine, source.handle, weights.handle, biases?.handle, destination.handle))
      var layouts: [OneDNNPrimitive.Argument: OneDNNLayout] = [
        .source: source, .weights: weights, .destination: destination,
      ]
      layouts[.bias] = biases
      return try OneDNNPrimitive(
        description, direction: Int32(topo_forward), layouts: layouts, oneDNN: oneDNN)
    }
  }

  /// `Device.linear`; our panel kernel (up to 1024 inputs), or oneDNN.
  public func linear(
    input: Tensor, weight: Tensor, bias: Tensor, output: Tensor
  ) throws -> any Operation {
    let (batch, inputs, outputs) = (output.shape[0], weight.shape[1], weight.shape[0])
    let served = output.membersServed(by: input)
    precondition(
      served == 1 || (input.storage as? CPUStorage)?.slots == 0,
      "what serves several members lasts")
    let x = CPUView<Float>(input)
    let (w, b, y) = (CPUView<Float>(weight), CPUView<Float>(bias), CPUView<Float>(output))
    /// Where a member's input begins.
    @Sendable func source(_ member: Int, _ team: Team) -> UnsafeMutablePointer<Float> {
      served == 1 ? x[member, team] : x[member / served]
    }
    if vectorConvolutions && inputs <= Self.mostPanelInputs {
      let packed = try stepFloats(output.members, topo_linear_packed(Int32(inputs), Int32(outputs)))
      let panels = (outputs + 15) / 16
      let pieces = (batch + Self.panelRows - 1) / Self.panelRows
      let code = instructions.code
      return CPUOperation("linear/panels", members: output.members) { member, team in
        let (x, w, y) = (source(member, team), w[member, team], y[member, team])
        let (b, packed) = (b[member, team], packed[member, team])
        team.forEach(panels) {
          topo_linear_pack(Int32(inputs), Int32(outputs), w, packed, Int32($0), Int32($0 + 1))
        }
        team.forEach(pieces) { piece in
          let first = piece * Self.panelRows
          topo_linear_forward(
            code, Int32(min(Self.panelRows, batch - first)), Int32(inputs), Int32(outputs),
            x + first * inputs, packed, b, y + first * outputs)
        }
      }
    }
    let primitive = try product(
      rows: batch, inner: inputs, columns: outputs, sourceStrides: [inputs, 1],
      weightStrides: [1, inputs], bias: true)
    return CPUOperation("linear/\(primitive.implementation)", members: output.members) {
      member, team in
      team.once {
        primitive.execute(
          thread: team.thread,
          .init(
            source: source(member, team), weights: w[member, team], bias: b[member, team],
            destination: y[member, team]))
      }
    }
  }

  /// Inputs up to which a panel of 16 outputs and some rows fit the caches.
  private static let mostPanelInputs = 1024
  /// Rows that go through all panels together: a multiple of the kernels' six and twelve.
  private static let panelRows = 48

  /// `Device.linearBackwardData`; oneDNN's matrix product.
  public func linearBackwardData(
    outputGradient: Tensor, weight: Tensor, inputGradient: Tensor
  ) throws -> any Operation {
    let (batch, inputs, outputs) = (outputGradient.shape[0], weight.shape[1], weight.shape[0])
    let primitive = try product(
      rows: batch, inner: outputs, columns: inputs, sourceStrides: [outputs, 1],
      weightStrides: [inputs, 1], bias: false)
    let (dy, w, dx) = (
      CPUView<Float>(outputGradient), CPUView<Float>(weight), CPUView<Float>(inputGradient)
    )
    return CPUOperation(
      "linear-backward-data/\(primitive.implementation)", members: inputGradient.members
    ) { member, team in
      team.once {
        primitive.execute(
          thread: team.thread,
          .init(
            source: dy[member, team], weights: w[member, team], destination: dx[member, team]))
      }
    }
  }

  /// `Device.linearBackwardWeight`; oneDNN's matrix product, and row sums in order.
  public func linearBackwardWeight(
    input: Tensor, outputGradient: Tensor, weightGradient: Tensor, biasGradient: Tensor
  ) throws -> any Operation {
    let (batch, outputs) = (outputGradient.shape[0], outputGradient.shape[1])
    let inputs = input.shape[1]
    let primitive = try product(
      rows: outputs, inner: batch, columns: inputs, sourceStrides: [1, outputs],
      weightStrides: [inputs, 1], bias: false)
    let (x, dy) = (CPUView<Float>(input), CPUView<Float>(outputGradient))
    let (dw, db) = (CPUView<Float>(weightGradient), CPUView<Float>(biasGradient))
    return CPUOperation(
      "linear-backward-weight/\(primitive.implementation)", members: weightGradient.members
    ) { member, team in
      team.once {
        primitive.execute(
          thread: team.thread,
          .init(
            source: dy[member, team], weights: x[member, team], destination: dw[member, team]))
        let (gradient, sum) = (dy[member, team], db[member, team])
        sum.update(from: gradient, count: outputs)
        for row in 1..<max(batch, 1) { addAll(sum, gradient + row * outputs, outputs) }
      }
    }
  }
}
