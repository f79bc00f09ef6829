extension OpenCLDevice {
  /// `Device.linear`; algorithms `direct` and `clblast`.
  public func linear(
    input: Tensor, weight: Tensor, bias: Tensor, output: Tensor
  ) throws -> any Operation {
    let (batch, inputs, outputs) = linearExtents(input, weight, output, sharesInput: true)
    bias.expect([outputs], members: output.members, "bias")
    return try product(
      "linear", input, rows: .init(stride: inputs, isTransposed: false),
      weight, columns: .init(stride: inputs, isTransposed: true),
      into: output, shape: (batch, outputs, inputs), bias: bias)
  }

  /// `Device.linearBackwardData`; algorithms as `linear`.
  public func linearBackwardData(
    outputGradient: Tensor, weight: Tensor, inputGradient: Tensor
  ) throws -> any Operation {
    let (batch, inputs, outputs) = linearExtents(inputGradient, weight, outputGradient)
    return try product(
      "linear-backward-data", outputGradient, rows: .init(stride: outputs, isTransposed: false),
      weight, columns: .init(stride: inputs, isTransposed: false),
      into: inputGradient, shape: (batch, inputs, outputs), bias: nil)
  }

  /// `Device.linearBackwardWeight`; algorithms as `linear`.
  public func linearBackwardWeight(
    input: Tensor, outputGradient: Tensor, weightGradient: Tensor, biasGradient: Tensor
  ) throws -> any Operation {
    let (batch, inputs, outputs) = linearExtents(input, weightGradient, outputGradient)
    let members = outputGradient.members
    biasGradient.expect([outputs], members: members, "biasGradient")
    let sum = try pointwise(
      "linear_bias_gradient", of: .linear,
      ["M": .integer(batch), "N": .integer(outputs), "K": 1, "WITH_BIAS": false],
      [.tensor(outputGradient), .tensor(biasGradient)], count: outputs, members: members)
    return try product(
      "linear-backward-weight", outputGradient, rows: .init(stride: outputs, isTransposed: true),
      input, columns: .init(stride: inputs, isTransposed: false),
      into: weightGradient, shape: (outputs, inputs, batch), bias: nil, followedBy: [sum])
  }

  /// How a factor of a product is stored: elements from one stored row to the next, and whether
  /// stored rows are the factor's columns.
  private struct FactorLayout {
    var stride: Int
    var isTransposed: Bool
    /// Elements along the factor's first and second axis.
    var steps: (KernelConstants.Value, KernelConstants.Value) {
      isTransposed ? (.integer(1), .integer(stride)) : (.integer(stride), .integer(1))
    }
  }

  private func linearExtents(
    _ input: Tensor, _ weight: Tensor, _ output: Tensor, sharesInput: Bool = false
  ) -> (batch: Int, inputs: Int, outputs: Int) {
    precondition(
      input.shape.count == 2 && output.shape.count == 2, "linear takes and gives [batch, value]")
    let (batch, inputs, outputs) = (input.shape[0], input.shape[1], output.shape[1])
    let served = sharesInput ? output.membersServed(by: input) : 1
    input.expect([batch, inputs], members: output.members / served, "input")
    weight.expect([outputs, inputs], members: output.members, "weight")
    output.expect([batch, outputs], members: output.members, "output")
    return (batch, inputs, outputs)
  }

  /// `output [m, n] = a [m, k] b [k, n]` plus bias. The algorithm depends on the shape alone, so
  /// that a member's result does not depend on the number of members. A member of `a` may serve
  /// several members of the others.
  private func product(
    _ name: String, _ a: Tensor, rows: FactorLayout, _ b: Tensor, columns: FactorLayout,
    into output: Tensor, shape: (m: Int, n: Int, k: Int), bias: Tensor?,
    followedBy others: [OpenCLStep] = []
  ) throws -> any Operation {
    let isLarge = shape.m * shape.n * shape.k >= clblastThreshold
    let algorithm = algorithms["linear"] ?? (isLarge ? "clblast" : "direct")
    var constants: KernelConstants = [
      "M": .integer(shape.m), "N": .integer(shape.n), "K": .integer(shape.k),
      "WITH_BIAS": .integer(bias == nil ? 0 : 1),
    ]
    (constants["A_M"], constants["A_K"]) = rows.steps
    (constants["B_K"], constants["B_N"]) = columns.steps
    let served = output.membersServed(by: a)
    if served > 1 { constants["SERVED"] = .integer(served) }
    var steps: [OpenCLStep] = []
    if algorithm == "clblast" {
      if let bias {
        steps.append(
          try pointwise(
            "linear_bias", of: .linear, constants, [.tensor(bias), .tensor(output)],
            count: output.count, members: output.members))
      }
      steps.append(
        .product(
          try OpenCLProduct(
            .init(tensor: a, isTransposed: rows.isTransposed, rowStride: rows.stride),
            .init(tensor: b, isTransposed: columns.isTransposed, rowStride: columns.stride),
            into: output, shape: shape, beta: bias == nil ? 0 : 1, on: self)))
    } else {
      let tile = 4
      constants["TILE"] = .integer(tile)
      let arguments: [KernelArgument] = [.tensor(a), .tensor(b), .tensor(output)]
      steps.append(
        try launch(
          "linear_product", of: .linear, constants,
          arguments + (bias.map { [.tensor($0)] } ?? []),
          grid: ((shape.n + tile - 1) / tile, (shape.m + tile - 1) / tile, output.members),
          group: min(32, context.quirks.pointwiseGroup)))
    }
    return OpenCLOperation("\(name)/\(algorithm)", on: self, steps + others)
  }
}
