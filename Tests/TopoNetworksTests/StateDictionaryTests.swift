import Foundation
import TestSupport
import Testing
import TopoCompute
import TopoFoundation
import TopoSheets

@testable import TopoNetworks

@Suite("State dictionaries") struct StateDictionaryTests {
  private let folder: TemporaryFolder
  private let gray = ImageShape(channels: 1, rows: 28, columns: 28)
  private let color = ImageShape(channels: 3, rows: 32, columns: 32)

  init() throws { folder = try TemporaryFolder() }

  /// The rule of `Tests/Fixtures/make-safetensors.py`.
  private func expectFixtureValues(_ state: StateDictionary) {
    for (index, parameter) in state.architecture.parameters.enumerated() {
      let base: Float = parameter.role == .runningVariance ? 1 : 0
      let expected = (0..<parameter.count).map {
        Float(($0 * 37 + index * 11) % 101 - 50) / 128 + base
      }
      #expect(state.tensors[index] == expected, "\(parameter.name)")
    }
  }

  @Test("models of PyTorch load") func loadsWhatPyTorchWrote() throws {
    let url = fixture("pytorch-mnist.safetensors")
    let architecture = try Architecture.read(from: url, imageShape: gray)
    #expect(architecture == (try .mnist()))
    let state = try StateDictionary.load(from: url, for: architecture)
    expectFixtureValues(state)
    #expect(state.batchesTracked == 0)
  }

  @Test("models of PyTorch with batch normalization load")
  func loadsWhatPyTorchWroteWithBatchNormalization() throws {
    let url = fixture("pytorch-cifar10-small.safetensors")
    let architecture = try Architecture.read(from: url, imageShape: color)
    #expect(architecture.name == "cifar10" && architecture.sheet == Sheet(rows: 3, columns: 3))
    #expect(architecture.layers.count == (try Architecture.cifar10()).layers.count)
    let state = try StateDictionary.load(from: url, for: architecture)
    expectFixtureValues(state)
    #expect(state.batchesTracked == 750)
  }

  @Test("saved models read back with their architecture")
  func savedModelsReadBackWithTheirArchitecture() throws {
    for architecture in [
      try Architecture.mnist(sheet: Sheet(rows: 3, columns: 5), classes: 4),
      try Architecture.cifar10(input: gray),
    ] {
      var state = Initialization.pytorchDefault(architecture, seed: 9)
      if architecture.name == "cifar10" { state.batchesTracked = 12 }
      let url = folder.url.appending(path: "\(architecture.name).safetensors")
      try state.save(to: url, metadata: ["toposheet.seed": "9"])
      #expect(try Architecture.read(from: url) == architecture)
      #expect(try StateDictionary.load(from: url, for: architecture) == state)
      let file = try SafetensorsFile(contentsOf: url)
      #expect(file.metadata["toposheet.seed"] == "9")
      let counter = file.entries.first { $0.name == "bn4.num_batches_tracked" }
      if architecture.name == "cifar10" {
        #expect(counter?.shape == [] && counter?.elementType == .int64)
      } else {
        #expect(counter == nil)
      }
      // The same values give the same bytes.
      let again = folder.url.appending(path: "again.safetensors")
      try state.save(to: again, metadata: ["toposheet.seed": "9"])
      #expect(try Data(contentsOf: again) == Data(contentsOf: url))
    }
  }

  /// Loads a file of the smallest network, of which `change` may spoil the tensors.
  private func problem(
    _ change: (inout [SafetensorsWriter.Tensor]) -> Void
  ) throws -> String {
    let architecture = try Architecture(
      name: "tiny", input: ImageShape(channels: 2, rows: 1, columns: 1),
      layers: [
        .batchNormalization(name: "bn1"), .globalAveragePooling,
        .sheet(name: "fc1", Sheet(rows: 1, columns: 2)), .linear(name: "fc2", outputs: 2),
      ])
    let state = Initialization.pytorchDefault(architecture, seed: 1)
    var tensors = zip(architecture.parameters, state.tensors).map {
      SafetensorsWriter.Tensor(name: $0.name, shape: $0.shape, values: .float32($1))
    }
    change(&tensors)
    let url = folder.url.appending(path: "tiny.safetensors")
    try SafetensorsWriter.write(tensors, metadata: [:], to: url)
    return message { _ = try StateDictionary.load(from: url, for: architecture) }
  }

  @Test("tensors that do not fit are named") func tensorsThatDoNotFitAreNamed() throws {
    #expect(try problem { _ in } == "no error")
    #expect(try problem { $0.removeLast(2) }.contains("lacks fc2.weight, fc2.bias"))
    #expect(
      try problem { $0.append(.init(name: "fc3.bias", shape: [1], values: .float32([1]))) }
        .contains("holds fc3.bias, which architecture tiny does not have"))
    #expect(
      try problem { $0[4].shape = [4] }.contains("gives fc1.weight the shape [4], but"))
    #expect(
      try problem { $0[5].values = .int64([1, 2]) }.contains("holds fc1.bias in the type I64"))
    #expect(
      try problem { $0[5].values = .float32([1, .nan]) }
        .contains("not finite (nan) in fc1.bias at index 1"))
    #expect(
      try problem { $0[3].values = .float32([.infinity, 1]) }.contains("(inf) in bn1.running_var"))
    #expect(
      try problem {
        $0.append(.init(name: "bn1.num_batches_tracked", shape: [2], values: .int64([1, 1])))
      }.contains("holds bn1.num_batches_tracked of shape [2], where PyTorch has one number"))
    for shape in [[], [1], [1, 1]] {
      #expect(
        try problem {
          $0.append(.init(name: "bn1.num_batches_tracked", shape: shape, values: .float32([1])))
        } == "no error")
    }
    #expect(
      try problem {
        $0.append(.init(name: "bn1.num_batches_tracked", shape: [], values: .int64([1])))
      } == "no error")
  }

  @Test("architectures that cannot be inferred are named")
  func architecturesThatCannotBeToldAreNamed() throws {
    let mnist = fixture("pytorch-mnist.safetensors")
    #expect(message { _ = try Architecture.read(from: mnist) }.contains("which images it reads"))
    #expect(
      message { _ = try Architecture.read(from: mnist, imageShape: color) }
        .contains("reads images of 1 channel, but the data have 3"))
    let other = try folder.safetensors(
      #"{"layer.weight":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, data: 4)
    #expect(
      message { _ = try Architecture.read(from: other, imageShape: gray) }
        .contains("holds layers layer, which are not those of mnist or cifar10"))
    for (text, part) in [
      ("{}", "cannot be understood"),
      (
        #"{\"name\":\"x\",\"input\":{\"channels\":1,\"rows\":1,\"columns\":1},\"layers\":[]}"#,
        "describes an impossible network: architecture x: has no sheet"
      ),
    ] {
      let url = try folder.safetensors(#"{"__metadata__":{"toposheet.architecture":"\#(text)"}}"#)
      #expect(message { _ = try Architecture.read(from: url) }.contains(part))
    }
  }
}
