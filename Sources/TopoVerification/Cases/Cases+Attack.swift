import TopoCompute
import TopoFoundation

extension Verification {
  /// Steps of attacks.
  static func attackCases() -> [OperationCase] {
    let shapes: [(shape: [Int], members: Int, size: OperationCase.Size)] = [
      ([2, 1, 3, 5], 2, .small), ([3, 3, 4, 3], 2, .small), ([1, 1, 1, 1], 5, .full),
      ([3, 3, 1, 1], 2, .full), ([3, 8, 5, 3], 2, .full), ([2, 16, 3, 3], 5, .full),
      ([3, 33, 7, 5], 2, .full), ([5, 3, 32, 32], 5, .full), ([9, 1, 28, 28], 1, .full),
    ]
    return shapes.flatMap { shape, members, size in
      AttackNorm.allCases.flatMap { norm in
        AttackBeginning.allCases.map {
          attackStep(norm, $0, shape, members: members, size: size)
        }
      }
    }
      + AttackNorm.allCases.map { norm in
        attackStep(
          norm, .inPlace, [3, 3, 4, 3], members: 2, size: .small, gradient: ", NaN and infinity"
        ) { member in
          var values = TestData("gradient", member: member).uniform(108)
          // The third image keeps its finite gradient.
          (values[7], values[70 + member], values[75]) = (.nan, .infinity, 0)
          return values
        }
      }
      + AttackNorm.allCases.map { norm in
        attackStep(
          norm, .inPlace, [3, 3, 4, 3], members: 2, size: .small, gradient: ", tiny gradients"
        ) { member in
          // Squares of these are zero in single precision, they themselves are normal numbers.
          TestData("gradient", member: member).uniform(108).map {
            ($0 < 0 ? -1 : 1) * (0.1 + abs($0)) * 1e-35
          }
        }
      }
  }

  /// Where a step begins.
  private enum AttackBeginning: String, CaseIterable {
    /// At separate images that all members share, without a gradient: a random start.
    case start
    /// At the clean images: the only step of a fast attack.
    case clean
    /// At the images that it moves.
    case inPlace = "in place"
  }

  private static func attackStep(
    _ norm: AttackNorm, _ beginning: AttackBeginning, _ shape: [Int], members: Int,
    size: OperationCase.Size, gradient name: String = "",
    values: (@Sendable (Int) -> [Float])? = nil
  ) -> OperationCase {
    let (channels, count) = (shape[1], shape.reduce(1, *))
    let root = Float(count / shape[0]).squareRoot()
    let clean: @Sendable (Int) -> [Float] = { _ in
      TestData("clean", member: 0).uniform(count, in: 0...1)
    }
    // About as far away as the radius, so that some images are brought back and others are not.
    let from: @Sendable (Int) -> [Float] = { member in
      zip(clean(0), TestData("from", member: member).uniform(count)).map { $0 + 0.18 * $1 }
    }
    let gradients: @Sendable (Int) -> [Float] = { member in
      if let values { return values(member) }
      return TestData("gradient", member: member).uniform(count).enumerated().map {
        $0 % 7 == 3 ? 0 : $1 * 1e-4
      }
    }
    let stepAndRadius: [Float] = norm == .linf ? [0.03, 0.1] : [0.03 * root, 0.1 * root]
    var arguments: [Argument] = [
      .input("clean", shape, .activation, shared: true, values: clean),
      .input("stepAndRadius", [2], shared: true) { _ in stepAndRadius },
      .output("input", shape, .activation),
    ]
    if beginning == .start {
      arguments.append(.input("from", shape, .activation, shared: true, values: from))
    } else {
      arguments.append(.input("gradient", shape, .activation, values: gradients))
    }
    arguments.append(
      beginning == .inPlace
        ? .updated("images", shape, .activation, values: from)
        : .output("images", shape, .activation))
    return OperationCase(
      .attackStep,
      "\(norm.rawValue), \(beginning.rawValue), \(channels.counted("channel")), \(shape[2]) x "
        + "\(shape[3]), "
        + "batch \(shape[0])\(name)",
      size: size, members: members,
      tolerance: norm == .linf
        ? Tolerance(
          Tolerance.pointwise.maximum, scaleFloor: 1, because: "values near their mean cancel")
        : Tolerance(
          Tolerance.sum(of: count / shape[0]).maximum, scaleFloor: 1,
          because: "norms are sums over an image, and values near their mean cancel"),
      arguments: arguments
    ) { device, tensors in
      let from =
        switch beginning {
        case .start: tensors["from"]
        case .clean: tensors["clean"]
        case .inPlace: tensors["images"]
        }
      return [
        try device.attackStep(
          norm, clean: tensors["clean"], from: from,
          gradient: beginning == .start ? nil : tensors["gradient"],
          stepAndRadius: tensors["stepAndRadius"],
          mean: (0..<channels).map { 0.13 + 0.07 * Float($0 % 5) },
          standardDeviation: (0..<channels).map { 0.31 - 0.02 * Float($0 % 7) },
          images: tensors["images"], input: tensors["input"])
      ]
    }
  }
}
