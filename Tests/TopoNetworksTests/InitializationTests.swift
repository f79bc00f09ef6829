import Testing
import TopoFoundation
import TopoNetworks

@Suite("Initialization") struct InitializationTests {
  @Test("values follow the stated rule") func valuesFollowTheStatedRule() throws {
    let state = Initialization.pytorchDefault(try .mnist(), seed: 5)
    // fc1.weight is tensor 4, with fan-in 64.
    let weight = try #require(state["fc1.weight"])
    for index in [0, 1, 6, 7743] {
      let words = Philox(seed: 5, purpose: .initialization, stream: 4).words(at: UInt64(index / 4))
      #expect(weight[index] == (2 * Philox.uniform(words[index % 4]) - 1) * 0.125)
    }
  }

  @Test("distributions are PyTorch's") func distributionsArePyTorchs() throws {
    let architecture = try Architecture.cifar10()
    let state = Initialization.pytorchDefault(architecture, seed: 0)
    for (parameter, values) in zip(architecture.parameters, state.tensors) {
      switch parameter.role {
      case .gamma, .runningVariance: #expect(values.allSatisfy { $0 == 1 })
      case .beta, .runningMean: #expect(values.allSatisfy { $0 == 0 })
      case .weight, .bias:
        let bound = 1 / Double(parameter.fanIn).squareRoot()
        #expect(values.allSatisfy { abs(Double($0)) <= bound * 1.000001 })
        guard values.count > 1000 else { continue }
        let mean = values.reduce(0) { $0 + Double($1) } / Double(values.count)
        let square = values.reduce(0) { $0 + Double($1) * Double($1) } / Double(values.count)
        // Variance bound^2 / 3; five standard errors of n uniform values.
        let error = 5 / Double(values.count).squareRoot()
        #expect(abs(mean) < error * bound)
        #expect(abs(square / (bound * bound) - 1 / 3.0) < error)
      }
    }
  }

  @Test("the seed decides the values") func theSeedDecides() throws {
    let architecture = try Architecture.mnist()
    let one = Initialization.pytorchDefault(architecture, seed: 1)
    #expect(one == Initialization.pytorchDefault(architecture, seed: 1))
    #expect(one != Initialization.pytorchDefault(architecture, seed: 2))
    // Weight and bias of a layer are drawn apart.
    #expect(one.tensors[0].prefix(32) != one.tensors[1][...])
  }
}
