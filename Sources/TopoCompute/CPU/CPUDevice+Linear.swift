import COneDNN

extension CPUDevice {
  /// A product of row-major or transposed matrices, `rows x inner` by `inner x columns`.
  private func product(
    rows: Int, inner: Int, columns: Int, sourceStrides: [Int], weightStrides: [Int], bias: Bool
  ) throws -> DNNPrimitive {
    try library.prepare { [library] in
      let source = try unwrap(DNNLayout.dense([rows, inner], strides: sourceStrides))
      let weights = try unwrap(DNNLayout.dense([inner, columns], strides: weightStrides))
      let biases = bias ? try unwrap(DNNLayout.dense([1, columns])) : nil
      let destination = try unwrap(DNNLayout.dense([rows, columns]))
      let description = try unwrap(
        topo_matmul(
          library.engine, source.handle, weights.handle, biases?.handle, destination.handle))
      var layouts: [DNNPrimitive.Argument: DNNLayout] = [
        .source: source, .weights: weights, .destination: destination,
      ]
      layouts[.bias] = biases
      return try DNNPrimitive(
        description, direction: Int32(topo_forward), layouts: layouts, library: library)
    }
  }

  public func linear(
    input: Tensor, weight: Tensor, bias: Tensor, output: Tensor
  ) throws -> any Operation {
    let (batch, inputs, outputs) = (output.shape[0], weight.shape[1], weight.shape[0])
    let primitive = try product(
      rows: batch, inner: inputs, columns: outputs, sourceStrides: [inputs, 1],
      weightStrides: [1, inputs], bias: true)
    let served = output.membersServed(by: input)
    precondition(
      served == 1 || (input.storage as? CPUStorage)?.slots == 0,
      "what serves several members lasts")
    let (x, w, b, y) = (
      CPUView<Float>(input), CPUView<Float>(weight), CPUView<Float>(bias), CPUView<Float>(output)
    )
    return CPUOperation("linear/\(primitive.implementation)", members: output.members) {
      member, team in
      team.once {
        primitive.execute(
          lane: team.lane,
          .init(
            source: served == 1 ? x[member, team] : x[member / served],
            weights: w[member, team], bias: b[member, team], destination: y[member, team]))
      }
    }
  }

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
          lane: team.lane,
          .init(
            source: dy[member, team], weights: w[member, team], destination: dx[member, team]))
      }
    }
  }

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
          lane: team.lane,
          .init(
            source: dy[member, team], weights: x[member, team], destination: dw[member, team]))
        let (gradient, sum) = (dy[member, team], db[member, team])
        sum.update(from: gradient, count: outputs)
        for row in 1..<max(batch, 1) { addAll(sum, gradient + row * outputs, outputs) }
      }
    }
  }
}
