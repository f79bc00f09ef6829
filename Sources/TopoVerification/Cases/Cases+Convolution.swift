import TopoCompute

extension Verification {
  /// Convolutions, forward and backward.
  static func convolutionCases() -> [OperationCase] {
    let same = Window(3, padding: 1)
    let small: [(ConvolutionShape, members: Int)] = [
      (.init(same, 1, 3, 5, 4, batch: 2), 2),
      (.init(same, 9, 8, 3, 3, batch: 1), 1),
      (.init(Window(1), 3, 1, 3, 3, batch: 3), 2),
      (.init(Window((5, 3), stride: (2, 1), padding: (1, 0)), 2, 3, 7, 5, batch: 1), 2),
    ]
    let full: [(ConvolutionShape, members: Int)] = [
      (.init(same, 31, 33, 7, 5, batch: 3), 5),
      (.init(same, 33, 31, 6, 6, batch: 1), 2),
      (.init(same, 16, 16, 8, 8, batch: 3), 5),
      (.init(same, 32, 64, 7, 7, batch: 2), 2),
      (.init(same, 3, 121, 9, 9, batch: 3), 1),
      (.init(same, 31, 33, 1, 1, batch: 3), 2),
      (.init(Window(3), 3, 8, 9, 7, batch: 3), 2),
      (.init(Window(3, padding: 3), 2, 3, 4, 5, batch: 3), 2),
      (.init(Window(3, stride: 2, padding: 1), 8, 24, 9, 8, batch: 3), 5),
      (.init(Window(3, stride: 2), 16, 31, 8, 9, batch: 1), 2),
      (.init(Window(1), 31, 121, 3, 5, batch: 3), 5),
      (.init(Window(1, stride: 2), 16, 8, 7, 7, batch: 3), 2),
      (.init(Window((5, 3), padding: (3, 1)), 3, 33, 11, 8, batch: 3), 2),
      (.init(Window((5, 3), stride: (2, 1), padding: (3, 1)), 8, 16, 11, 8, batch: 3), 5),
      (.init(Window(7, padding: 3), 3, 33, 11, 9, batch: 3), 2),
      (.init(Window(7, stride: 2, padding: 3), 3, 16, 12, 13, batch: 3), 2),
      (.init(Window(7), 1, 31, 7, 7, batch: 3), 2),
      (.init(same, 1, 32, 28, 28, batch: 64), 1),
      (.init(same, 32, 64, 14, 14, batch: 16), 1),
      (.init(same, 3, 32, 32, 32, batch: 8), 2),
      (.init(same, 128, 256, 4, 4, batch: 3), 1),
      (.init(same, 24, 96, 5, 7, batch: 5), 2),
      (.init(same, 8, 32, 1, 1, batch: 9), 5),
    ]
    let shapes =
      small.map { ($0.0, $0.members, OperationCase.Size.small) }
      + full.map { ($0.0, $0.members, OperationCase.Size.full) }
    let shared = ConvolutionShape(same, 3, 16, 6, 5, batch: 3)
    return shapes.map { forward($0, members: $1, size: $2) }
      + [forward(shared, members: 5, shared: true)]
      + shapes.map { backwardData($0, members: $1, size: $2) }
      + shapes.map { backwardWeight($0, members: $1, size: $2) }
      + [backwardWeight(shared, members: 5, shared: true)]
  }

  /// Convolutions of integers from -15 to 15. All products and sums are integers that float32
  /// holds, and TF32 holds all factors: nothing is rounded, in whatever order.
  static func integerConvolutionCases() -> [OperationCase] {
    let same = Window(3, padding: 1)
    let shapes: [(ConvolutionShape, members: Int, OperationCase.Size)] = [
      (.init(same, 9, 8, 3, 3, batch: 1), 2, .small),
      (.init(same, 31, 33, 7, 5, batch: 3), 2, .full),
      (.init(same, 32, 64, 8, 8, batch: 4), 2, .full),
      (.init(Window((5, 3), padding: (3, 1)), 16, 121, 5, 6, batch: 2), 1, .full),
    ]
    return shapes.flatMap { shape, members, size in
      [
        forward(shape, members: members, size: size, isInteger: true),
        backwardData(shape, members: members, size: size, isInteger: true),
        backwardWeight(shape, members: members, size: size, isInteger: true),
      ]
    }
  }

  /// Values of an input: integers from -15 to 15, or nil for the usual ones.
  private static func values(
    _ shape: [Int], _ isInteger: Bool, _ factor: Int
  ) -> (@Sendable (_ member: Int) -> [Float])? {
    guard isInteger else { return nil }
    return { member in
      (0..<shape.reduce(1, *)).map { Float(($0 * factor + 5 * member) % 31 - 15) }
    }
  }

  static func forward(
    _ shape: ConvolutionShape, members: Int, shared: Bool = false,
    size: OperationCase.Size = .full, isInteger: Bool = false
  ) -> OperationCase {
    OperationCase(
      .convolution, "\(shape)\(shared ? ", shared input" : "")\(isInteger ? ", integers" : "")",
      size: size, members: members, tolerance: isInteger ? .exact : .sum(of: shape.terms),
      flopsPerMember: shape.flops,
      arguments: [
        .input(
          "input", shape.input, .activation, shared: shared,
          values: values(shape.input, isInteger, 7)),
        .input("weight", shape.weight, values: values(shape.weight, isInteger, 11)),
        .input("bias", [shape.outputs], values: values([shape.outputs], isInteger, 3)),
        .output("output", shape.output, .activation),
      ]
    ) { device, tensors in
      [
        try device.convolution(
          shape.window, input: tensors["input"], weight: tensors["weight"],
          bias: tensors["bias"], output: tensors["output"])
      ]
    }
  }

  static func backwardData(
    _ shape: ConvolutionShape, members: Int, size: OperationCase.Size, isInteger: Bool = false
  ) -> OperationCase {
    OperationCase(
      .convolutionBackwardData, "\(shape)\(isInteger ? ", integers" : "")", size: size,
      members: members,
      tolerance: isInteger ? .exact : .sum(of: shape.terms / shape.inputs * shape.outputs),
      flopsPerMember: shape.flops,
      arguments: [
        .input(
          "outputGradient", shape.output, .activation, values: values(shape.output, isInteger, 7)),
        .input("weight", shape.weight, values: values(shape.weight, isInteger, 11)),
        .output("inputGradient", shape.input, .activation),
      ]
    ) { device, tensors in
      [
        try device.convolutionBackwardData(
          shape.window, outputGradient: tensors["outputGradient"], weight: tensors["weight"],
          inputGradient: tensors["inputGradient"])
      ]
    }
  }

  static func backwardWeight(
    _ shape: ConvolutionShape, members: Int, shared: Bool = false,
    size: OperationCase.Size = .full, isInteger: Bool = false
  ) -> OperationCase {
    OperationCase(
      .convolutionBackwardWeight,
      "\(shape)\(shared ? ", shared input" : "")\(isInteger ? ", integers" : "")", size: size,
      members: members, tolerance: isInteger ? .exact : .sum(of: shape.pixels),
      flopsPerMember: shape.flops,
      arguments: [
        .input(
          "input", shape.input, .activation, shared: shared,
          values: values(shape.input, isInteger, 7)),
        .input(
          "outputGradient", shape.output, .activation, values: values(shape.output, isInteger, 11)),
        .output("weightGradient", shape.weight),
        .output("biasGradient", [shape.outputs]),
      ]
    ) { device, tensors in
      [
        try device.convolutionBackwardWeight(
          shape.window, input: tensors["input"], outputGradient: tensors["outputGradient"],
          weightGradient: tensors["weightGradient"], biasGradient: tensors["biasGradient"])
      ]
    }
  }
}
