import Testing
import TopoCompute
import TopoNetworks
import TopoVerification

@testable import TopoBenchmark

/// Costs against counts made by hand.
@Suite("Cost of architectures") struct CostTests {
  /// conv1 1*9*32*28*28, conv2 32*9*64*14*14, fc1 64*121, fc2 121*10.
  @Test("the MNIST network") func mnist() throws {
    let network = try Architecture.mnist()
    #expect(network.multiplyAccumulates == 225_792 + 3_612_672 + 7_744 + 1_210)
    #expect(network.multiplyAccumulates == 3_847_418)
    #expect(network.multiplyAccumulates(ofLayer: 0) == 225_792)
    #expect(network.multiplyAccumulates(ofLayer: 1) == 0)
    #expect(network.trainingMultiplyAccumulates == 3 * 3_847_418 - 225_792)
  }

  /// conv1 3*9*32*1024, then three times 4.7 million, fc1 256*121, fc2 121*10.
  @Test("the CIFAR-10 network") func cifar10() throws {
    let network = try Architecture.cifar10()
    #expect(network.multiplyAccumulates == 884_736 + 3 * 4_718_592 + 30_976 + 1_210)
    #expect(network.multiplyAccumulates == 15_072_698)
    #expect(network.trainingMultiplyAccumulates == 3 * 15_072_698 - 884_736)
  }

  /// The operations that a step is made of add up to the step's cost.
  @Test("operations add up to the step", arguments: ["mnist", "cifar10"], [1, 3])
  func operationsAddUp(_ name: String, _ members: Int) throws {
    let network = try name == "mnist" ? Architecture.mnist() : Architecture.cifar10()
    let cases = network.operationCases(batch: 5, members: members)
    let families: Set<OperationFamily> = [
      .convolution, .convolutionBackwardData, .convolutionBackwardWeight, .linear,
      .linearBackwardData, .linearBackwardWeight,
    ]
    let flops = cases.filter { families.contains($0.operation) }.reduce(0) { $0 + $1.flops }
    #expect(flops == 2 * network.trainingMultiplyAccumulates * 5 * members)
    let first = try #require(cases.first { $0.operation == .convolution })
    let image = network.input.count
    let output = 32 * network.input.rows * network.input.columns
    let weights = 32 * network.input.channels * 9 + 32
    #expect(first.bytes == 4 * members * (5 * (image + output) + weights))
  }

  /// Every operation of a step is among them, at the sizes that the step has.
  @Test("every kind of operation is counted") func everyKindOfOperation() throws {
    let cases = try Architecture.cifar10().operationCases(batch: 64, members: 2)
    let missing = Set(OperationFamily.allCases).subtracting(cases.map(\.operation))
    #expect(missing == [.memory, .advance, .attackStep, .sequence])
    #expect(cases.count { $0.operation == .convolution } == 4)
    #expect(cases.count { $0.operation == .convolutionBackwardData } == 3)
    #expect(cases.count { $0.operation == .neighborPenalty } == 2)
    let shapes = cases.map(\.name)
    #expect(shapes.contains { $0.contains("128 -> 256, 4 x 4, batch 64, 2 members") })
    // Convolutions 388,416, batch normalization 960, fc1 31,097, fc2 1,220.
    #expect(shapes.contains { $0.contains("Adam, 421693 parameters") })
  }
}
