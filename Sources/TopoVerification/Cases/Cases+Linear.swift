import TopoCompute

extension Verification {
  /// Fully connected layers.
  static func linearCases() -> [OperationCase] {
    let shapes: [(batch: Int, inputs: Int, outputs: Int, members: Int, OperationCase.Size)] = [
      (3, 5, 4, 2, .small), (1, 1, 1, 1, .small), (1, 33, 10, 2, .full), (3, 31, 33, 5, .full),
      (33, 121, 10, 5, .full), (31, 3, 121, 2, .full), (3, 64, 16, 2, .full),
      (64, 64, 121, 2, .full), (64, 256, 121, 1, .full), (64, 121, 10, 2, .full),
    ]
    return shapes.flatMap { batch, inputs, outputs, members, size in
      linear(batch: batch, inputs: inputs, outputs: outputs, members: members, size: size)
    } + [
      linearForward(batch: 3, inputs: 5, outputs: 4, members: 3, size: .small, shared: true),
      linearForward(
        batch: 256, inputs: 64, outputs: 121, members: 3, size: .full, shared: true),
    ]
  }

  /// Forward, with an input for each member, or one that serves all of them.
  private static func linearForward(
    batch: Int, inputs: Int, outputs: Int, members: Int, size: OperationCase.Size, shared: Bool
  ) -> OperationCase {
    OperationCase(
      .linear, "\(inputs) -> \(outputs), batch \(batch)\(shared ? ", shared input" : "")",
      size: size, members: members, tolerance: .sum(of: inputs),
      flopsPerMember: 2 * batch * inputs * outputs,
      arguments: [
        .input("input", [batch, inputs], shared: shared), .input("weight", [outputs, inputs]),
        .input("bias", [outputs]), .output("output", [batch, outputs]),
      ]
    ) { device, tensors in
      [
        try device.linear(
          input: tensors["input"], weight: tensors["weight"], bias: tensors["bias"],
          output: tensors["output"])
      ]
    }
  }

  /// Forward, backward data and backward weight.
  static func linear(
    batch: Int, inputs: Int, outputs: Int, members: Int, size: OperationCase.Size
  ) -> [OperationCase] {
    let name = "\(inputs) -> \(outputs), batch \(batch)"
    let flops = 2 * batch * inputs * outputs
    let (input, output) = ([batch, inputs], [batch, outputs])
    let weight = Argument.input("weight", [outputs, inputs])
    return [
      linearForward(
        batch: batch, inputs: inputs, outputs: outputs, members: members, size: size,
        shared: false),
      OperationCase(
        .linearBackwardData, name, size: size, members: members, tolerance: .sum(of: outputs),
        flopsPerMember: flops,
        arguments: [.input("outputGradient", output), weight, .output("inputGradient", input)]
      ) { device, tensors in
        [
          try device.linearBackwardData(
            outputGradient: tensors["outputGradient"], weight: tensors["weight"],
            inputGradient: tensors["inputGradient"])
        ]
      },
      OperationCase(
        .linearBackwardWeight, name, size: size, members: members, tolerance: .sum(of: batch),
        flopsPerMember: flops,
        arguments: [
          .input("input", input), .input("outputGradient", output),
          .output("weightGradient", [outputs, inputs]), .output("biasGradient", [outputs]),
        ]
      ) { device, tensors in
        [
          try device.linearBackwardWeight(
            input: tensors["input"], outputGradient: tensors["outputGradient"],
            weightGradient: tensors["weightGradient"], biasGradient: tensors["biasGradient"])
        ]
      },
    ]
  }
}
