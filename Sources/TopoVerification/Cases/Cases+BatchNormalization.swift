import TopoFoundation

extension Verification {
  /// Batch normalization: training, backward, inference.
  static func batchNormalizationCases() -> [OperationCase] {
    let shapes: [(shape: [Int], members: Int, size: OperationCase.Size)] = [
      ([2, 3, 3, 2], 2, .small), ([1, 2, 1, 1], 2, .small), ([3, 33, 7, 5], 5, .full),
      ([3, 31, 1, 1], 2, .full), ([1, 16, 5, 5], 1, .full), ([3, 8, 8, 8], 2, .full),
      ([64, 3, 16, 16], 2, .full), ([16, 256, 4, 4], 1, .full),
    ]
    return shapes.flatMap { shape, members, size in
      let data = NormalizationData(shape: shape)
      return [
        training(data, members: members, size: size),
        backward(data, members: members, size: size, inPlace: false),
        backward(data, members: members, size: size, inPlace: true),
        inference(data, members: members, size: size, inPlace: false),
        inference(data, members: members, size: size, inPlace: true),
      ]
    } + [
      training(
        NormalizationData(shape: [3, 5, 7, 6], mean: 1000, halfWidth: 1), members: 2,
        size: .full),
      training(
        NormalizationData(shape: [3, 5, 4, 4], mean: 0.5, halfWidth: 0), members: 2,
        size: .small),
    ] + pooledCases()
  }

  private static func pooledCases() -> [OperationCase] {
    let shapes: [(shape: [Int], members: Int, size: OperationCase.Size)] = [
      ([2, 3, 4, 2], 2, .small), ([1, 1, 2, 2], 1, .small), ([3, 33, 6, 10], 5, .full),
      ([3, 8, 8, 8], 2, .full), ([1, 16, 2, 6], 5, .full), ([64, 32, 8, 4], 1, .full),
      ([31, 3, 16, 14], 2, .full),
    ]
    return shapes.flatMap { shape, members, size in
      let data = NormalizationData(shape: shape)
      return [
        pooled(data, members: members, size: size),
        pooledBackward(data, members: members, size: size),
      ]
    }
      // Channels one by one, and in vectors.
      + [([2, 3, 4, 4], .small), ([2, 16, 4, 6], .full)].flatMap {
        (shape: [Int], size: OperationCase.Size) in
        [
          pooled(NormalizationData(shape: shape, special: .channel), members: 2, size: size),
          pooled(NormalizationData(shape: shape, special: .windows), members: 2, size: size),
        ]
      }
  }

  /// Training, backward in place and inference in place, of activations of `shape`.
  static func batchNormalization(_ shape: [Int], members: Int) -> [OperationCase] {
    let data = NormalizationData(shape: shape)
    return [
      training(data, members: members, size: .full),
      backward(data, members: members, size: .full, inPlace: true),
      inference(data, members: members, size: .full, inPlace: true),
    ]
  }

  /// Training and backward of batch normalization, ReLU and pooling in one, of activations of
  /// `shape`.
  static func batchNormalizationPooled(_ shape: [Int], members: Int) -> [OperationCase] {
    let data = NormalizationData(shape: shape)
    return [
      pooled(data, members: members, size: .full),
      pooledBackward(data, members: members, size: .full),
    ]
  }

  private static func training(
    _ data: NormalizationData, members: Int, size: OperationCase.Size
  ) -> OperationCase {
    let (shape, channels) = (data.shape, [data.shape[1]])
    return OperationCase(
      .batchNormalization, data.name, size: size, members: members, tolerance: data.tolerance,
      arguments: [
        .input("input", shape, .activation, values: data.input),
        .input("gamma", channels, values: data.positive("gamma")),
        .input("beta", channels),
        .updated("runningMean", channels),
        .updated("runningVariance", channels, values: data.positive("runningVariance")),
        .output("mean", channels), .output("inverseStandardDeviation", channels),
        .output("output", shape, .activation),
      ]
    ) { device, tensors in
      [
        try device.batchNormalization(
          input: tensors["input"], gamma: tensors["gamma"], beta: tensors["beta"],
          runningMean: tensors["runningMean"], runningVariance: tensors["runningVariance"],
          momentum: 0.1, epsilon: 1e-5, mean: tensors["mean"],
          inverseStandardDeviation: tensors["inverseStandardDeviation"], output: tensors["output"])
      ]
    }
  }

  private static func backward(
    _ data: NormalizationData, members: Int, size: OperationCase.Size, inPlace: Bool
  ) -> OperationCase {
    let (shape, channels) = (data.shape, [data.shape[1]])
    return OperationCase(
      .batchNormalizationBackward, data.name + (inPlace ? ", in place" : ""), size: size,
      members: members, tolerance: data.tolerance,
      arguments: [
        .input("input", shape, .activation, values: data.input),
        inPlace
          ? .updated("outputGradient", shape, .activation)
          : .input("outputGradient", shape, .activation),
        .input("gamma", channels, values: data.positive("gamma")),
        .input("mean", channels) { data.statistics($0).mean.values.map { Float($0) } },
        .input("inverseStandardDeviation", channels) {
          data.statistics($0).inverseStandardDeviation.values.map { Float($0) }
        },
        .output("gammaGradient", channels), .output("betaGradient", channels),
      ] + (inPlace ? [] : [.output("inputGradient", shape, .activation)])
    ) { device, tensors in
      [
        try device.batchNormalizationBackward(
          input: tensors["input"], outputGradient: tensors["outputGradient"],
          gamma: tensors["gamma"], mean: tensors["mean"],
          inverseStandardDeviation: tensors["inverseStandardDeviation"],
          inputGradient: tensors[inPlace ? "outputGradient" : "inputGradient"],
          gammaGradient: tensors["gammaGradient"], betaGradient: tensors["betaGradient"])
      ]
    }
  }

  private static func pooled(
    _ data: NormalizationData, members: Int, size: OperationCase.Size
  ) -> OperationCase {
    let (shape, channels, pooled) = (data.shape, [data.shape[1]], data.pooledShape)
    return OperationCase(
      .batchNormalizationPooled, data.name, size: size, members: members,
      tolerance: data.tolerance,
      arguments: [
        .input("input", shape, .activation, values: data.input),
        // Of either sign, so that the largest value is not always the largest input.
        .input("gamma", channels, values: data.gamma),
        .input("beta", channels),
        .updated("runningMean", channels),
        .updated("runningVariance", channels, values: data.positive("runningVariance")),
        .output("mean", channels), .output("inverseStandardDeviation", channels),
        .output("output", pooled, .activation),
        .output("argmax", pooled, .activation, of: .uint8),
      ]
    ) { device, tensors in
      [
        try device.batchNormalizationPooled(
          input: tensors["input"], gamma: tensors["gamma"], beta: tensors["beta"],
          runningMean: tensors["runningMean"], runningVariance: tensors["runningVariance"],
          momentum: 0.1, epsilon: 1e-5, mean: tensors["mean"],
          inverseStandardDeviation: tensors["inverseStandardDeviation"], output: tensors["output"],
          argmax: tensors["argmax"])
      ]
    }
  }

  private static func pooledBackward(
    _ data: NormalizationData, members: Int, size: OperationCase.Size
  ) -> OperationCase {
    let (shape, channels, pooled) = (data.shape, [data.shape[1]], data.pooledShape)
    let outputs = pooled.reduce(1, *)
    return OperationCase(
      .batchNormalizationPooledBackward, data.name, size: size, members: members,
      tolerance: data.tolerance,
      arguments: [
        .input("input", shape, .activation, values: data.input),
        // Some that the ReLU stopped.
        .input("output", pooled, .activation) {
          TestData("output", member: $0).uniform(outputs).map { max($0, 0) }
        },
        .input("argmax", pooled, .activation, of: UInt8.self) {
          TestData("argmax", member: $0).integers(outputs, below: 4).map { UInt8($0) }
        },
        .input("outputGradient", pooled, .activation),
        .input("gamma", channels),
        .input("mean", channels) { data.statistics($0).mean.values.map { Float($0) } },
        .input("inverseStandardDeviation", channels) {
          data.statistics($0).inverseStandardDeviation.values.map { Float($0) }
        },
        .output("inputGradient", shape, .activation),
        .output("gammaGradient", channels), .output("betaGradient", channels),
      ]
    ) { device, tensors in
      [
        try device.batchNormalizationPooledBackward(
          input: tensors["input"], output: tensors["output"], argmax: tensors["argmax"],
          outputGradient: tensors["outputGradient"], gamma: tensors["gamma"],
          mean: tensors["mean"], inverseStandardDeviation: tensors["inverseStandardDeviation"],
          inputGradient: tensors["inputGradient"], gammaGradient: tensors["gammaGradient"],
          betaGradient: tensors["betaGradient"])
      ]
    }
  }

  private static func inference(
    _ data: NormalizationData, members: Int, size: OperationCase.Size, inPlace: Bool
  ) -> OperationCase {
    let (shape, channels) = (data.shape, [data.shape[1]])
    return OperationCase(
      .batchNormalizationInference, data.name + (inPlace ? ", in place" : ""), size: size,
      members: members,
      arguments: [
        inPlace
          ? .updated("input", shape, .activation) : .input("input", shape, .activation),
        .input("gamma", channels, values: data.positive("gamma")),
        .input("beta", channels),
        .input("runningMean", channels),
        .input("runningVariance", channels, values: data.positive("runningVariance")),
      ] + (inPlace ? [] : [.output("output", shape, .activation)])
    ) { device, tensors in
      [
        try device.batchNormalizationInference(
          input: tensors["input"], gamma: tensors["gamma"], beta: tensors["beta"],
          runningMean: tensors["runningMean"], runningVariance: tensors["runningVariance"],
          epsilon: 1e-5, output: tensors[inPlace ? "input" : "output"])
      ]
    }
  }
}

/// Values that batch normalization is tried with.
private struct NormalizationData: Sendable {
  var shape: [Int]
  var mean: Float = 0.25
  var halfWidth: Float = 1
  var special: Special?

  /// How values that are not numbers arise.
  enum Special: String {
    /// One input of the last channel is NaN, and with it all of that channel.
    case channel = "a NaN in a channel"
    /// Inputs are -1, 0 and 1 and cancel in each channel of an image, and scales are infinite:
    /// outputs are infinities, and a NaN for each 0; windows hold any number of them.
    case windows = "several NaNs in a window"
  }

  var count: Int { shape.reduce(1, *) }

  /// The shape that 2 x 2 windows leave.
  var pooledShape: [Int] { [shape[0], shape[1], shape[2] / 2, shape[3] / 2] }

  /// Values per channel.
  var values: Int { count / shape[1] }

  var name: String {
    "\(shape[1].counted("channel")), \(shape[2]) x \(shape[3]), batch \(shape[0])"
      + (mean == 0.25 ? "" : ", mean \(mean), standard deviation \(halfWidth * 0.58)")
      + (special.map { ", \($0.rawValue)" } ?? "")
  }

  var tolerance: Tolerance {
    if mean == 1000 {
      return Tolerance(
        1e-4, because: "the mean is kept as float32, whose spacing at 1000 is 6e-5")
    }
    if values == 1 || halfWidth == 0 {
      return Tolerance(
        Tolerance.sum(of: values).maximum, scaleFloor: 1,
        because: "values equal to their mean normalize to zero")
    }
    return .sum(of: values)
  }

  @Sendable func input(member: Int) -> [Float] {
    let data = TestData("input", member: member)
    if special == .windows { return canceling(data) }
    var input = data.uniform(count).map { mean + halfWidth * ($0 + 0.1 * Float(member)) }
    if special == .channel { input[count - 1] = .nan }
    return input
  }

  /// -1, 0, 0 and 1 in the first half of each plane's rows, and their opposites in the second.
  private func canceling(_ data: TestData) -> [Float] {
    let plane = shape[2] * shape[3]
    var values = data.integers(count, below: 4).map { Float([-1, 0, 0, 1][$0]) }
    for index in values.indices where index % plane >= plane / 2 {
      values[index] = -values[index - plane / 2]
    }
    return values
  }

  /// Scales of either sign.
  @Sendable func gamma(member: Int) -> [Float] {
    TestData("gamma", member: member).uniform(shape[1]).map {
      special == .windows ? $0 * .infinity : $0
    }
  }

  func positive(_ label: String) -> @Sendable (Int) -> [Float] {
    { TestData(label, member: $0).uniform(shape[1], in: 0.5...1.5) }
  }

  func statistics(_ member: Int) -> Reference.BatchStatistics {
    let channels = Dense(zeros: [shape[1]])
    return Reference.batchNormalization(
      input: Dense(shape, input(member: member).map(Double.init)), gamma: channels,
      beta: channels, runningMean: channels, runningVariance: channels, momentum: 0,
      epsilon: 1e-5)
  }
}
