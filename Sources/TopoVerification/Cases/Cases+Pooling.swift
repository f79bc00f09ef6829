import TopoCompute
import TopoFoundation

extension Verification {
  /// Max pooling and global average pooling, forward and backward.
  static func poolingCases() -> [OperationCase] {
    let halves = Window(2, stride: 2)
    let overlap = Window(3, stride: 2, padding: 1)
    let shapes: [(Window, [Int], members: Int, OperationCase.Size)] = [
      (halves, [2, 3, 4, 5], 2, .small),
      (overlap, [1, 2, 5, 4], 2, .small),
      (halves, [3, 33, 7, 9], 5, .full),
      (halves, [3, 16, 8, 8], 2, .full),
      (overlap, [3, 31, 9, 8], 5, .full),
      (overlap, [1, 8, 1, 1], 1, .full),
      (Window((3, 2), stride: (3, 2)), [3, 8, 10, 7], 2, .full),
      (Window((3, 2), stride: (1, 2), padding: (1, 1)), [3, 33, 6, 7], 5, .full),
      (Window(1), [2, 3, 4, 4], 2, .full),
      (halves, [4, 32, 28, 28], 1, .full),
      (halves, [1, 3, 4, 14], 2, .small),
      (halves, [2, 5, 6, 22], 3, .full),
    ]
    let averaged: [([Int], members: Int, OperationCase.Size)] = [
      ([3, 5, 3, 3], 2, .small), ([3, 33, 7, 5], 5, .full), ([3, 16, 1, 1], 2, .full),
      ([64, 64, 7, 7], 1, .full), ([16, 256, 4, 4], 1, .full), ([1, 1, 31, 33], 5, .full),
    ]
    return shapes.flatMap { window, shape, members, size in
      [
        maxPooling(window, shape, members: members, size: size),
        maxPooling(window, shape, members: members, size: size, "ties") { member in
          // Few levels, so that most windows hold their largest value more than once.
          TestData("ties", member: member).integers(shape.reduce(1, *), below: 3).map {
            Float($0 - 1)
          }
        },
        maxPoolingBackward(window, shape, members: members, size: size),
      ]
    }
      + specialCases()
      + averaged.flatMap { shape, members, size in
        [
          globalAveragePooling(shape, members: members, size: size),
          globalAveragePoolingBackward(shape, members: members, size: size),
        ]
      }
  }

  /// Max pooling of NaN and infinities, and of very negative values.
  private static func specialCases() -> [OperationCase] {
    let halves = Window(2, stride: 2)
    let overlap = Window(3, stride: 2, padding: 1)
    // In pairs and in general windows, in vectors of channels and one by one.
    let several: [[OperationCase]] = [(halves, 3), (halves, 16), (overlap, 3), (overlap, 16)].map {
      (window: Window, channels: Int) in
      let shape = [2, channels, 6, 8]
      let size: OperationCase.Size = channels == 3 ? .small : .full
      return [
        maxPooling(window, shape, members: 2, size: size, "several NaNs in a window") {
          drawn(from: [.nan, .nan, -.infinity, 1, -1], shape.reduce(1, *), member: $0)
        },
        maxPooling(window, shape, members: 2, size: size, "minus infinity") {
          drawn(from: [-.infinity, -.infinity, -.infinity, .nan], shape.reduce(1, *), member: $0)
        },
      ]
    }
    return several.flatMap { $0 } + [
      maxPooling(overlap, [2, 3, 7, 6], members: 2, size: .small, "NaN") {
        spoiled("input", 252, member: $0, every: 21, with: .nan)
      },
      maxPooling(halves, [2, 16, 6, 4], members: 2, size: .full, "NaN") {
        spoiled("input", 768, member: $0, every: 21, with: .nan)
      },
      maxPooling(halves, [2, 3, 6, 6], members: 2, size: .small, "below -1e30") { member in
        TestData("low", member: member).uniform(216).map { $0 * 1e30 - 2e30 }
      },
    ]
  }

  /// Uniform values of which every so many are replaced, from a place that depends on the member.
  static func spoiled(
    _ label: String, _ count: Int, member: Int, every period: Int, with value: Float
  ) -> [Float] {
    TestData(label, member: member).uniform(count).enumerated().map {
      $0 % period == (3 + member) % period ? value : $1
    }
  }

  private static func drawn(from choices: [Float], _ count: Int, member: Int) -> [Float] {
    TestData("drawn", member: member).integers(count, below: choices.count).map { choices[$0] }
  }

  private static func name(_ shape: [Int]) -> String {
    "\(shape[1].counted("channel")), \(shape[2]) x \(shape[3]), batch \(shape[0])"
  }

  private static func pooled(_ window: Window, _ shape: [Int]) -> [Int] {
    let extent = window.output(of: .init(rows: shape[2], columns: shape[3]))
    return [shape[0], shape[1], extent.rows, extent.columns]
  }

  static func maxPooling(
    _ window: Window, _ shape: [Int], members: Int, size: OperationCase.Size,
    _ circumstance: String = "", values: (@Sendable (Int) -> [Float])? = nil
  ) -> OperationCase {
    let output = pooled(window, shape)
    return OperationCase(
      .maxPooling,
      "\(window.summary), \(name(shape))\(circumstance.isEmpty ? "" : ", ")\(circumstance)",
      size: size, members: members, tolerance: .exact,
      arguments: [
        .input("input", shape, .activation, values: values),
        .output("output", output, .activation),
        .output("argmax", output, .activation, of: .uint8),
      ]
    ) { device, tensors in
      [
        try device.maxPooling(
          window, input: tensors["input"], output: tensors["output"], argmax: tensors["argmax"])
      ]
    }
  }

  static func maxPoolingBackward(
    _ window: Window, _ shape: [Int], members: Int, size: OperationCase.Size
  ) -> OperationCase {
    let output = pooled(window, shape)
    return OperationCase(
      .maxPoolingBackward, "\(window.summary), \(name(shape))", size: size, members: members,
      arguments: [
        .input("outputGradient", output, .activation),
        .input("argmax", output, .activation, of: UInt8.self) { member in
          let values = TestData("input", member: member).uniform(shape.reduce(1, *))
          let input = Dense(shape, values.map(Double.init))
          return Reference.maxPooling(window, input: input).argmax.values.map { UInt8($0) }
        },
        .output("inputGradient", shape, .activation),
      ]
    ) { device, tensors in
      [
        try device.maxPoolingBackward(
          window, outputGradient: tensors["outputGradient"], argmax: tensors["argmax"],
          inputGradient: tensors["inputGradient"])
      ]
    }
  }

  static func globalAveragePooling(
    _ shape: [Int], members: Int, size: OperationCase.Size
  ) -> OperationCase {
    OperationCase(
      .globalAveragePooling, name(shape), size: size, members: members,
      tolerance: .sum(of: shape[2] * shape[3]),
      arguments: [
        .input("input", shape, .activation), .output("output", [shape[0], shape[1]]),
      ]
    ) { device, tensors in
      [try device.globalAveragePooling(input: tensors["input"], output: tensors["output"])]
    }
  }

  static func globalAveragePoolingBackward(
    _ shape: [Int], members: Int, size: OperationCase.Size
  ) -> OperationCase {
    OperationCase(
      .globalAveragePoolingBackward, name(shape), size: size, members: members,
      arguments: [
        .input("outputGradient", [shape[0], shape[1]]),
        .output("inputGradient", shape, .activation),
      ]
    ) { device, tensors in
      [
        try device.globalAveragePoolingBackward(
          outputGradient: tensors["outputGradient"], inputGradient: tensors["inputGradient"])
      ]
    }
  }
}
