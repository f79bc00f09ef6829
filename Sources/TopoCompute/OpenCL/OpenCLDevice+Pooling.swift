extension OpenCLDevice {
  /// `Device.maxPooling`.
  public func maxPooling(
    _ window: Window, input: Tensor, output: Tensor, argmax: Tensor
  ) throws -> any Operation {
    let members = output.members
    input.expect(input.shape, members: members, "input")
    output.expect(output.shape, members: members, "output")
    argmax.expect(output.shape, members: members, type: .uint8, "argmax")
    let arguments: [KernelArgument] = [.tensor(input), .tensor(output), .tensor(argmax)]
    if let pairs = pairs(window, input: input, output: output) {
      return OpenCLOperation(
        "max-pooling/pairs", on: self,
        [
          try pointwise(
            "max_pooling_pairs", of: .pooling, pairs.constants, arguments, count: pairs.items,
            members: members)
        ])
    }
    return OpenCLOperation(
      "max-pooling/direct", on: self,
      [
        try pointwise(
          "max_pooling", of: .pooling, constants(window, input: input, output: output),
          arguments, count: output.count, members: members)
      ])
  }

  /// `Device.maxPoolingBackward`; each input value gathers its gradients, so that no two work-items
  /// add to one value.
  public func maxPoolingBackward(
    _ window: Window, outputGradient: Tensor, argmax: Tensor, inputGradient: Tensor
  ) throws -> any Operation {
    let members = inputGradient.members
    outputGradient.expect(outputGradient.shape, members: members, "outputGradient")
    argmax.expect(outputGradient.shape, members: members, type: .uint8, "argmax")
    inputGradient.expect(inputGradient.shape, members: members, "inputGradient")
    let arguments: [KernelArgument] = [
      .tensor(outputGradient), .tensor(argmax), .tensor(inputGradient),
    ]
    if let pairs = pairs(window, input: inputGradient, output: outputGradient) {
      return OpenCLOperation(
        "max-pooling-backward/pairs", on: self,
        [
          try pointwise(
            "max_pooling_pairs_backward", of: .pooling, pairs.constants, arguments,
            count: pairs.items, members: members)
        ])
    }
    return OpenCLOperation(
      "max-pooling-backward/direct", on: self,
      [
        try pointwise(
          "max_pooling_backward", of: .pooling,
          constants(window, input: inputGradient, output: outputGradient),
          arguments, count: inputGradient.count, members: members)
      ])
  }

  /// `Device.globalAveragePooling`.
  public func globalAveragePooling(input: Tensor, output: Tensor) throws -> any Operation {
    input.expect(input.shape, members: output.members, "input")
    return OpenCLOperation(
      "global-average-pooling/direct", on: self,
      [
        try pointwise(
          "average_pooling", of: .pooling, averageConstants(of: input, pooled: output),
          [.tensor(input), .tensor(output)], count: output.count, members: output.members)
      ])
  }

  /// `Device.globalAveragePoolingBackward`.
  public func globalAveragePoolingBackward(
    outputGradient: Tensor, inputGradient: Tensor
  ) throws -> any Operation {
    inputGradient.expect(inputGradient.shape, members: outputGradient.members, "inputGradient")
    return OpenCLOperation(
      "global-average-pooling-backward/direct", on: self,
      [
        try pointwise(
          "average_pooling_backward", of: .pooling,
          averageConstants(of: inputGradient, pooled: outputGradient),
          [.tensor(outputGradient), .tensor(inputGradient)], count: inputGradient.count,
          members: inputGradient.members)
      ])
  }

  private func averageConstants(of input: Tensor, pooled: Tensor) -> KernelConstants {
    let (batch, channels, rows, columns) = input.activation
    pooled.expect([batch, channels], members: pooled.members, "pooled values")
    return [
      "PLANES": .integer(batch * channels), "SOURCE_ROWS": .integer(rows),
      "SOURCE_COLUMNS": .integer(columns),
    ]
  }

  /// Constants and work-items for windows of 2 x 2 that tile the input exactly; nil for other
  /// windows. On a CPU a work-item takes a row in vectors, on a GPU one output.
  private func pairs(
    _ window: Window, input: Tensor, output: Tensor
  ) -> (constants: KernelConstants, items: Int)? {
    var constants = constants(window, input: input, output: output)
    let (rows, columns) = (output.shape[2], output.shape[3])
    guard window == Window(2, stride: 2),
      (input.shape[2], input.shape[3]) == (2 * rows, 2 * columns)
    else { return nil }
    let isCPU = profile == .cpu
    let rowItems = isCPU ? 1 : columns
    constants["LANES"] = .integer(!isCPU || columns < 4 ? 1 : 4)
    constants["ROW_ITEMS"] = .integer(rowItems)
    return (constants, output.shape[0] * output.shape[1] * rows * rowItems)
  }

  private func constants(_ window: Window, input: Tensor, output: Tensor) -> KernelConstants {
    let (batch, channels, rows, columns) = input.activation
    let extent = window.output(of: .init(rows: rows, columns: columns))
    precondition(
      output.shape == [batch, channels, extent.rows, extent.columns],
      "pooling \(input.shape) does not give \(output.shape)")
    precondition(
      window.kernel.rows * window.kernel.columns <= 256, "a pooling window has at most 256 taps")
    precondition(
      window.padding.rows < window.kernel.rows && window.padding.columns < window.kernel.columns,
      "a pooling window lies beside the image")
    var constants = window.constants(source: .init(rows: rows, columns: columns), target: extent)
    constants["PLANES"] = .integer(batch * channels)
    return constants
  }
}
