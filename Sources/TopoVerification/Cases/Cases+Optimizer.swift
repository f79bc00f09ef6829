import TopoCompute
import TopoFoundation

extension Verification {
  /// Adam and gradient descent with momentum.
  static func optimizerCases() -> [OperationCase] {
    let rules: [(String, OptimizerRule)] = [
      ("Adam", .adam()), ("Adam 0.5 0.9 1e-3", .adam(beta1: 0.5, beta2: 0.9, epsilon: 1e-3)),
      ("descent", .sgd()), ("momentum 0.9", .sgd(momentum: 0.9)),
    ]
    return rules.flatMap { name, rule in
      [
        optimizerCase(name, rule, count: 5, members: 2, steps: 0, size: .small),
        optimizerCase(name, rule, count: 33, members: 2, steps: 9, size: .small),
        optimizerCase(name, rule, count: 1, members: 1, steps: 0),
        optimizerCase(name, rule, count: 7_333, members: 5, steps: 0),
        optimizerCase(name, rule, count: 1031, members: 5, steps: 10_000),
        // From zero the whole precision of the step shows.
        optimizerCase(name, rule, count: 121, members: 2, steps: 0, from: 0),
        optimizerCase(name, rule, count: 121, members: 2, steps: 9, from: 0),
        optimizerCase(name, rule, count: 121, members: 2, steps: 10_000, from: 0),
      ]
    }
  }

  static func optimizerCase(
    _ name: String, _ rule: OptimizerRule, count: Int, members: Int, steps: Int,
    from scale: Float = 1, size: OperationCase.Size = .full
  ) -> OperationCase {
    let slots = rule.stateSlots
    return OperationCase(
      .update,
      "\(name), \(count.counted("parameter"))\(scale == 0 ? " of zero" : ""), step \(steps)",
      size: size,
      members: members,
      tolerance: (1...100).contains(steps)
        ? Tolerance(2e-5, because: "1 - beta^t loses digits while beta^t is near 1")
        : Tolerance(
          2e-6, because: "a root, a division and a power of beta are each rounded a few times"),
      flopsPerMember: count * (slots == 2 ? 12 : 4),
      arguments: [
        .updated("parameters", [count]) { member in
          TestData("parameters", member: member).uniform(count).map { $0 * scale }
        },
        // Every seventeenth gradient is zero, as a dead unit's are.
        .input("gradients", [count]) { member in
          spoiled("gradients", count, member: member, every: 17, with: 0).map { $0 * 0.1 }
        },
        .updated("state", [slots, count]) { member in
          if steps == 0 { return [Float](repeating: 0, count: slots * count) }
          let state = TestData("state", member: member)
          return slots == 1
            ? state.uniform(count, in: -0.1...0.1)
            : state.uniform(count, in: -0.01...0.01)
              + TestData("square", member: member).uniform(count, in: 1e-6...1e-2)
        },
        .input("rates", [1]) { [1e-3 * Float(1 + $0)] },
        .input("clock", [2], of: UInt32.self) { [UInt32($0), UInt32(steps)] },
      ]
    ) { device, tensors in
      [
        try device.update(
          rule, parameters: tensors["parameters"], gradients: tensors["gradients"],
          state: tensors["state"], rates: tensors["rates"], clock: tensors["clock"])
      ]
    }
  }
}
