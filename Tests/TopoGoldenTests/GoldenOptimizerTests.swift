import Testing
import TopoCompute

/// Five steps of Adam and SGD from given gradients, each member at its own learning rate.
@Suite("Optimizers against PyTorch's") struct GoldenOptimizerTests {
  private static let file = Result { try GoldenFile("optimizers") }

  private static let rules: [(String, OptimizerRule)] = [
    ("adam", .adam()),
    ("adam-other-betas", .adam(beta1: 0.7, beta2: 0.95, epsilon: 1e-4)),
    ("sgd", .sgd()),
    ("sgd-momentum", .sgd(momentum: 0.9)),
  ]

  @Test("five steps", arguments: GoldenDevice.all) func fiveSteps(device: GoldenDevice) throws {
    let file = try Self.file.get()
    #expect(file.cases(of: "optimizer").count == Self.rules.count)
    for (name, rule) in Self.rules {
      try GoldenCase.run(file, "optimizer.\(name)", on: device) { golden in
        let device = golden.device
        let parameters = try golden.dense("parameters")
        let gradients = try device.makeTensor(
          members: golden.members.count, shape: parameters.shape)
        let state = try device.makeTensor(
          members: golden.members.count, shape: [rule.stateSlots] + parameters.shape)
        let clock = try golden.constant([UInt32(0), 0])
        let rates = try golden.dense("rates")
        let step = [
          try device.update(
            rule, parameters: parameters, gradients: gradients, state: state, rates: rates,
            clock: clock),
          try device.advance(clock: clock),
        ]
        let all = try golden.golden("gradients")
        let trace = try golden.golden("trace")
        let (steps, count) = (all.shape[0], all.shape[1])
        var found = [Float](repeating: .nan, count: trace.elements.count)
        for step_ in 0..<steps {
          let rows = golden.members.indices.map { member in
            ((member - golden.members.lowerBound) * steps + step_) * count
          }
          try device.write(
            rows.flatMap { all.elements[$0..<$0 + count] }, to: gradients)
          try device.run(step)
          let moved = try device.read(parameters, as: Float.self)
          for (member, row) in rows.enumerated() {
            found.replaceSubrange(
              row..<row + count, with: moved[member * count..<(member + 1) * count])
          }
        }
        let result = try device.makeTensor(
          members: golden.members.count, shape: trace.shape, values: found)
        // Parameters are of size 1, and each step rounds them once.
        try golden.expect(result, is: "trace", within: 5e-7)
      }
    }
  }
}
