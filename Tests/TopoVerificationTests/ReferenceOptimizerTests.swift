import Testing
import TopoCompute

@testable import TopoVerification

@Suite("Reference optimizers and batches") struct ReferenceOptimizerTests {
  @Test("Adam's first step is the rate against the gradient's sign, whatever its size")
  func firstStep() {
    let (parameters, state) = Reference.update(
      .adam(), parameters: Dense([1, 1, 1]), gradients: Dense([5, -1e-3, 0]),
      state: Dense(zeros: [2, 3]), rate: 0.01, steps: 0)
    let expected = [0.99, 1.01, 1]
    // 1e-8 beside a gradient of 1e-3 takes 1e-5 of the step.
    #expect(zip(parameters.values, expected).allSatisfy { abs($0 - $1) < 2e-7 })
    #expect(abs(state.values[0] - 0.5) < 1e-6 && abs(state.values[3] - 0.025) < 1e-6)
  }

  @Test("Adam's second step, from the definition") func secondStep() {
    let rule = OptimizerRule.adam(beta1: 0.5, beta2: 0.75, epsilon: 0)
    var (parameters, state) = (Dense([0]), Dense(zeros: [2, 1]))
    for (step, gradient) in [2.0, 4.0].enumerated() {
      (parameters, state) = Reference.update(
        rule, parameters: parameters, gradients: Dense([gradient]), state: state, rate: 1,
        steps: step)
    }
    // m = 2.5 / (1 - 1/4), v = 4.75 / (1 - 9/16).
    let expected = -1 - (2.5 / 0.75) / (4.75 / 0.4375).squareRoot()
    #expect(abs(parameters.values[0] - expected) < 1e-12)
  }

  @Test("momentum begins with the gradient") func momentum() {
    let rule = OptimizerRule.sgd(momentum: 0.5)
    let first = Reference.update(
      rule, parameters: Dense([1]), gradients: Dense([2]), state: Dense([1, 1], [9]), rate: 0.1,
      steps: 0)
    #expect(abs(first.parameters.values[0] - 0.8) < 1e-12 && first.state.values == [2])
    let second = Reference.update(
      rule, parameters: first.parameters, gradients: Dense([4]), state: first.state, rate: 0.1,
      steps: 1)
    #expect(abs(second.parameters.values[0] - 0.3) < 1e-12 && second.state.values == [5])
  }

  @Test("a batch: normalized, with gaps, beyond the end") func gather() {
    let images = Dense([2, 1, 1, 2], [0, 255, 51, 102])
    let (input, targets) = Reference.gather(
      images: images, labels: [7, 3], order: [0, 0, 1, -1, 1], batch: 1, batchSize: 2,
      mean: [0.2], standardDeviation: [0.5])
    #expect(targets == [3, -1])
    #expect(zip(input.values, [0, 0.4, 0, 0]).allSatisfy { abs($0 - $1) < 1e-12 })
    let last = Reference.gather(
      images: images, labels: [7, 3], order: [0, 0, 1, -1, 1], batch: 2, batchSize: 2,
      mean: [0], standardDeviation: [1])
    #expect(last.targets == [3, -1])
  }
}
