import TopoCompute

extension Verification {
  /// ReLU and dropout.
  static func pointwiseCases() -> [OperationCase] {
    let shapes: [([Int], Argument.Placement, members: Int, OperationCase.Size)] = [
      ([3, 5], .dense, 2, .small), ([2, 3, 3, 5], .activation, 2, .small),
      ([31, 121], .dense, 5, .full), ([1], .dense, 1, .full),
      ([3, 33, 7, 5], .activation, 5, .full), ([8, 32, 14, 14], .activation, 1, .full),
    ]
    let dropouts: [([Int], rate: Float, members: Int, OperationCase.Size)] = [
      ([3, 7], 0.5, 2, .small), ([64, 121], 0.5, 5, .full), ([1, 1], 0.5, 5, .full),
      ([3, 33], 0.1, 5, .full), ([31, 31], 0.9, 1, .full), ([3, 5], 0, 2, .full),
    ]
    return shapes.flatMap { shape, placement, members, size in
      [false, true].flatMap { inPlace in
        [
          relu(shape, placement, members: members, size: size, inPlace: inPlace),
          reluBackward(shape, placement, members: members, size: size, inPlace: inPlace),
        ]
      }
    }
      + dropouts.flatMap { shape, rate, members, size in
        [false, true].map {
          dropout(shape, rate: rate, members: members, size: size, inPlace: $0)
        }
      }
  }

  static func relu(
    _ shape: [Int], _ placement: Argument.Placement, members: Int, size: OperationCase.Size,
    inPlace: Bool
  ) -> OperationCase {
    let values: @Sendable (Int) -> [Float] = { member in
      spoiled("input", shape.reduce(1, *), member: member, every: 11, with: .nan)
    }
    return OperationCase(
      .relu, name(shape, inPlace), size: size, members: members, tolerance: .exact,
      arguments: inPlace
        ? [.updated("input", shape, placement, values: values)]
        : [.input("input", shape, placement, values: values), .output("output", shape, placement)]
    ) { device, tensors in
      [
        try device.relu(
          input: tensors["input"], output: tensors[inPlace ? "input" : "output"])
      ]
    }
  }

  static func reluBackward(
    _ shape: [Int], _ placement: Argument.Placement, members: Int, size: OperationCase.Size,
    inPlace: Bool
  ) -> OperationCase {
    OperationCase(
      .reluBackward, name(shape, inPlace), size: size, members: members, tolerance: .exact,
      arguments: [
        .input("output", shape, placement) { member in
          spoiled("input", shape.reduce(1, *), member: member, every: 11, with: .nan).map {
            $0 < 0 ? 0 : $0
          }
        }
      ]
        + (inPlace
          ? [.updated("outputGradient", shape, placement)]
          : [
            .input("outputGradient", shape, placement),
            .output("inputGradient", shape, placement),
          ])
    ) { device, tensors in
      [
        try device.reluBackward(
          output: tensors["output"], outputGradient: tensors["outputGradient"],
          inputGradient: tensors[inPlace ? "outputGradient" : "inputGradient"])
      ]
    }
  }

  static func dropout(
    _ shape: [Int], rate: Float, members: Int, size: OperationCase.Size, inPlace: Bool
  ) -> OperationCase {
    let values: @Sendable (Int) -> [Float] = {
      TestData("input", member: $0).uniform(shape.reduce(1, *), in: 0.5...1)
    }
    return OperationCase(
      .dropout, "rate \(rate), \(name(shape, inPlace))", size: size, members: members,
      arguments: [
        // Seeds that differ in one word only, and steps, show whether all words are used.
        .input("seeds", [2], of: UInt32.self) { [UInt32($0 / 2) + 0xFFFF_FFF0, UInt32($0 % 2)] },
        .input("clock", [2], of: UInt32.self) { [3, $0 == 0 ? 0 : 46_799 + UInt32($0 / 4)] },
        inPlace
          ? .updated("input", shape, values: values) : .input("input", shape, values: values),
      ] + (inPlace ? [] : [.output("output", shape)])
    ) { device, tensors in
      [
        try device.dropout(
          rate: rate, stream: 7, seeds: tensors["seeds"], clock: tensors["clock"],
          input: tensors["input"], output: tensors[inPlace ? "input" : "output"])
      ]
    }
  }

  private static func name(_ shape: [Int], _ inPlace: Bool) -> String {
    shape.map(String.init).joined(separator: " x ") + (inPlace ? ", in place" : "")
  }
}
