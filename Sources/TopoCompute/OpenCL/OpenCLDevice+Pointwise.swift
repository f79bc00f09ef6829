import TopoFoundation

extension OpenCLDevice {
  /// `Device.relu`.
  public func relu(input: Tensor, output: Tensor) throws -> any Operation {
    input.expect(output.shape, members: output.members, "input")
    output.expect(output.shape, members: output.members, "output")
    return OpenCLOperation(
      "relu/direct", on: self,
      [
        try pointwise(
          "relu", of: .pointwise, ["COUNT": .integer(output.count)],
          [.tensor(input), .tensor(output)], count: output.count, members: output.members)
      ])
  }

  /// `Device.reluBackward`.
  public func reluBackward(
    output: Tensor, outputGradient: Tensor, inputGradient: Tensor
  ) throws -> any Operation {
    let members = output.members
    output.expect(output.shape, members: members, "output")
    outputGradient.expect(output.shape, members: members, "outputGradient")
    inputGradient.expect(output.shape, members: members, "inputGradient")
    return OpenCLOperation(
      "relu-backward/direct", on: self,
      [
        try pointwise(
          "relu_backward", of: .pointwise, ["COUNT": .integer(output.count)],
          [.tensor(output), .tensor(outputGradient), .tensor(inputGradient)],
          count: output.count, members: members)
      ])
  }

  /// `Device.dropout`; one work-item per Philox block of four values.
  public func dropout(
    rate: Float, stream: Int, seeds: Tensor, clock: Tensor, input: Tensor, output: Tensor
  ) throws -> any Operation {
    let members = output.members
    seeds.expect([2], members: members, type: .uint32, "seeds")
    clock.expect([2], members: members, type: .uint32, "clock")
    input.expect(output.shape, members: members, "input")
    output.expect(output.shape, members: members, "output")
    precondition((0...1).contains(rate), "the rate of dropout is between 0 and 1")
    return OpenCLOperation(
      "dropout/direct", on: self,
      [
        try pointwise(
          "dropout", of: .pointwise,
          [
            "COUNT": .integer(output.count), "RATE": .float(rate), "KEPT": .float(1 - rate),
            "STREAM": .integer(stream),
            "PHILOX_DROPOUT": .integer(Int(RandomPurpose.dropout.rawValue)),
          ],
          [.tensor(seeds), .tensor(clock), .tensor(input), .tensor(output)],
          count: (output.count + 3) / 4, members: members)
      ])
  }
}
