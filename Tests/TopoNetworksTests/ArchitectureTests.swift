import Foundation
import TestSupport
import Testing
import TopoCompute
import TopoFoundation
import TopoNetworks
import TopoSheets

private let sheet = Sheet(rows: 3, columns: 2)
private let small = ImageShape(channels: 1, rows: 6, columns: 5)
private let convolution = Layer.convolution(
  name: "conv1", outputs: 4, window: Window(3, padding: 1))
private let head: [Layer] = [
  .globalAveragePooling, .sheet(name: "fc1", sheet), .relu, .linear(name: "fc2", outputs: 3),
]

private func problem(_ layers: [Layer], input: ImageShape = small) -> String {
  message { _ = try Architecture(name: "mine", input: input, layers: layers) }
}

@Suite("Architectures") struct ArchitectureTests {
  @Test("the paper's networks have the paper's sizes") func thePapersNetworksHaveThePapersSizes()
    throws
  {
    let mnist = try Architecture.mnist()
    #expect(mnist.trainableCount == 27_901)
    #expect(mnist.layers[mnist.sheetIndex].name == "fc1")
    #expect(mnist.sheet == Sheet(rows: 11, columns: 11))
    #expect(mnist.parameters[mnist.sheetWeightIndex].name == "fc1.weight")
    #expect(mnist.parameters[mnist.sheetWeightIndex].shape == [121, 64])
    #expect(mnist.inputShape(ofLayer: 6) == [64, 7, 7])
    let cifar = try Architecture.cifar10()
    #expect(cifar.trainableCount == 421_693)
    let pool = try #require(cifar.layers.firstIndex(of: .globalAveragePooling))
    #expect(cifar.inputShape(ofLayer: pool) == [256, 4, 4])
    #expect(cifar.layers[pool - 1] == .relu)
    #expect(cifar.classes == 10 && cifar.outputShapes.last == [10])
  }

  @Test("parameters are in PyTorch's order") func parametersAreInPyTorchsOrder() throws {
    let names = try Architecture.cifar10().parameters.map(\.name)
    #expect(names.count == 28)
    #expect(
      names.prefix(7) == [
        "conv1.weight", "conv1.bias", "bn1.weight", "bn1.bias", "bn1.running_mean",
        "bn1.running_var", "conv2.weight",
      ])
    #expect(names.suffix(4) == ["fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"])
    let fanIn = try Architecture.mnist().parameters.map(\.fanIn)
    #expect(fanIn == [9, 9, 288, 288, 64, 64, 121, 121])
  }

  @Test("presets take their input from the data") func presetsTakeTheirInputFromTheData() throws {
    let gray = ImageShape(channels: 1, rows: 28, columns: 28)
    let network = try Architecture.preset("cifar10", input: gray, classes: 47)
    #expect(network.parameters[0].shape == [32, 1, 3, 3] && network.classes == 47)
    #expect(throws: UserError.self) {
      try Architecture.preset(
        "cifar10", input: .init(channels: 1, rows: 7, columns: 28), classes: 2)
    }
    #expect(throws: UserError.self) {
      try Architecture.preset("resnet", input: gray, classes: 10)
    }
  }

  @Test("impossible networks are named") func impossibleNetworksAreNamed() throws {
    let pool = Layer.maxPooling(Window(2, stride: 2))
    #expect(problem([convolution] + head) == "no error")
    #expect(
      problem([convolution, pool, pool, pool] + head)
        == "architecture mine: images of 1 x 6 x 5 are too small: 1 x 1 pixels reach layer 4 "
        + "(max-pooling), whose window is 2 x 2; use larger images or fewer layers")
    #expect(
      problem([convolution, .globalAveragePooling, .linear(name: "fc2", outputs: 3)])
        .contains("has no sheet"))
    #expect(
      problem([.globalAveragePooling, .sheet(name: "a", sheet)] + Array(head.dropFirst()))
        .contains("has 2 sheets"))
    #expect(problem([.linear(name: "fc0", outputs: 2)] + head).contains("put it after"))
    #expect(problem(Array(head.dropFirst())).contains("has no global average pool; add one"))
    #expect(
      problem(head + [convolution, .linear(name: "x", outputs: 1)]).contains("put it before"))
    #expect(problem(Array(head.dropLast())).contains("does not end with a linear layer"))
    #expect(problem([convolution, convolution] + head).contains("two layers are called conv1"))
    #expect(problem(head, input: .init(channels: 0, rows: 2, columns: 2)).contains("0 x 2 x 2"))
    let window = Window(3)
    #expect(
      problem([.convolution(name: "c", outputs: 0, window: window)] + head).contains("0 outputs"))
    #expect(
      problem([.convolution(name: "c d", outputs: 1, window: window)] + head)
        .contains("called \"c d\""))
    #expect(problem([.maxPooling(Window(2, stride: 0))] + head).contains("not possible"))
    #expect(problem([.maxPooling(Window(2, padding: 2))] + head).contains("more than half"))
    #expect(
      problem(
        [.maxPooling(Window(17))] + head, input: .init(channels: 1, rows: 20, columns: 20)
      ).contains("256 values"))
    func wide(_ name: String) -> Layer {
      .convolution(name: name, outputs: 65536, window: Window(3, padding: 1))
    }
    #expect(
      problem([wide("a"), wide("b")] + head)
        == "architecture mine: layer 2 (b) has 38654705664 weights, more than 268435456; "
        + "choose fewer outputs")
    #expect(problem([wide("a")] + head) == "no error")
    let flat = Sheet(rows: 0, columns: 4)
    #expect(
      problem([.globalAveragePooling, .sheet(name: "s", flat), .linear(name: "l", outputs: 1)])
        .contains("a sheet of 0 x 4"))
    #expect(
      problem([head[0], head[1], .dropout(rate: 1), head[3]]).contains("drops at rate 1.0"))
    #expect(problem([.batchNormalization(name: "b", momentum: 2)] + head).contains("momentum 2.0"))
  }

  @Test("data that do not fit are named") func dataThatDoNotFitAreNamed() throws {
    let network = try Architecture.mnist()
    func problem(_ images: ImageShape, _ classes: Int) -> String {
      message { try network.requireFit(images: images, classes: classes, of: "data") }
    }
    #expect(problem(network.input, 10) == "no error")
    #expect(problem(.init(channels: 3, rows: 28, columns: 28), 10).contains("1 channel,"))
    #expect(problem(.init(channels: 1, rows: 32, columns: 28), 10).contains("1 x 32 x 28"))
    #expect(problem(network.input, 47).contains("data has 47"))
  }

  @Test("architectures survive JSON") func architecturesSurviveJSON() throws {
    for network in [try Architecture.mnist(), try Architecture.cifar10()] {
      let data = try JSONEncoder().encode(network)
      #expect(try JSONDecoder().decode(Architecture.self, from: data) == network)
    }
    let text = """
      {"name": "mine", "input": {"channels": 1, "rows": 8, "columns": 8}, "layers": [
        {"kind": "convolution", "name": "c", "outputs": 2, "kernel": [3, 1]},
        {"kind": "max-pooling", "kernel": [2, 2]}, {"kind": "global-average-pooling"},
        {"kind": "sheet", "name": "s", "rows": 2, "columns": 3},
        {"kind": "dropout", "rate": 0.25}, {"kind": "linear", "name": "l", "outputs": 4}]}
      """
    let network = try JSONDecoder().decode(Architecture.self, from: Data(text.utf8))
    #expect(network.outputShapes == [[2, 6, 8], [2, 3, 4], [2], [6], [6], [4]])
    let broken = text.replacingOccurrences(of: "\"outputs\": 4", with: "\"outputs\": 0")
    #expect(throws: UserError.self) {
      try JSONDecoder().decode(Architecture.self, from: Data(broken.utf8))
    }
  }
}
