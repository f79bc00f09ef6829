import Foundation
import TestSupport
import Testing
import TopoCompute
import TopoFoundation
import TopoSheets

@testable import TopoNetworks

/// Models that PyTorch's wrappers have renamed the tensors of.
@Suite("Models saved from wrappers") struct WrappedModelTests {
  private let folder: TemporaryFolder
  private let architecture: Architecture
  private let state: StateDictionary

  init() throws {
    folder = try TemporaryFolder()
    architecture = try .cifar10(
      input: ImageShape(channels: 3, rows: 16, columns: 16), widths: [4, 4, 6, 6],
      sheet: Sheet(rows: 2, columns: 2), classes: 3)
    state = Initialization.pytorchDefault(architecture, seed: 5)
  }

  /// Writes the network, each tensor under the name that `rename` gives.
  private func write(
    _ more: [SafetensorsWriter.Tensor] = [], metadata: [String: String] = [:],
    _ rename: (String) -> String
  ) throws -> SafetensorsFile {
    var tensors = zip(architecture.parameters, state.tensors).map {
      SafetensorsWriter.Tensor(name: rename($0.name), shape: $0.shape, values: .float32($1))
    }
    for name in ["bn1", "bn4"] {
      tensors.append(
        .init(name: rename("\(name).num_batches_tracked"), shape: [], values: .int64([75])))
    }
    let url = folder.url.appending(path: "\(UUID().uuidString).safetensors")
    try SafetensorsWriter.write(tensors + more, metadata: metadata, to: url)
    return try SafetensorsFile(contentsOf: url)
  }

  private func load(_ file: SafetensorsFile) throws -> (StateDictionary, String?) {
    let found = try Architecture.read(from: file, imageShape: architecture.input)
    #expect(found.layers == architecture.layers)
    return try StateDictionary.load(from: file, for: found)
  }

  @Test(
    "prefixes are removed",
    arguments: [
      "module.", "_orig_mod.", "model.", "module._orig_mod.", "_orig_mod.module.", "module.module.",
      "model.module.net.", "network.", "state_dict.model._orig_mod.", "_fsdp_wrapped_module.",
      "ema.module.", "conv1.",
    ])
  func prefixesAreTakenOff(prefix: String) throws {
    let (network, wrapper) = try load(write { prefix + $0 })
    #expect(network.tensors == state.tensors && network.batchesTracked == 75)
    #expect(wrapper == prefix)
  }

  @Test("wrappers within names are removed") func wrappersWithinNamesAreTakenOff() throws {
    // Compiled or sharded layer by layer.
    let (network, wrapper) = try load(
      write { name in
        let parts = name.split(separator: ".")
        return "net.\(parts[0])." + (parts[0] == "fc2" ? "" : "_orig_mod.") + parts[1]
      })
    #expect(network.tensors == state.tensors)
    #expect(wrapper == "net._orig_mod.")
  }

  @Test("counts of averaged models are ignored") func countsOfAveragedModelsArePassedOver() throws {
    let (network, wrapper) = try load(
      write([.init(name: "n_averaged", shape: [], values: .int64([9]))]) { "module." + $0 })
    #expect(network.tensors == state.tensors && wrapper == "module.")
  }

  @Test("names that fit stay unchanged") func namesThatFitStayAsTheyAre() throws {
    let (network, wrapper) = try load(write { $0 })
    #expect(network.tensors == state.tensors && wrapper == nil)
    // A network of our own may call its layers so.
    let other = try Architecture(
      name: "own", input: ImageShape(channels: 2, rows: 1, columns: 1),
      layers: [
        .globalAveragePooling, .sheet(name: "module.fc1", Sheet(rows: 1, columns: 2)),
        .linear(name: "module.fc2", outputs: 2),
      ])
    let own = Initialization.pytorchDefault(other, seed: 1)
    let url = folder.url.appending(path: "own.safetensors")
    try own.save(to: url)
    let file = try SafetensorsFile(contentsOf: url)
    let read = try StateDictionary.load(from: file, for: Architecture.read(from: file))
    #expect(read.network == own && read.wrapper == nil)
  }

  @Test("names that do not fit are named") func namesThatDoNotFitAreNamed() throws {
    // Beside the network there is something else.
    let text = message {
      _ = try load(
        write([.init(name: "criterion.weight", shape: [1], values: .float32([1]))]) {
          "model." + $0
        })
    }
    #expect(text.contains("holds layers criterion, model, which are not those"), "\(text)")
    let lacking = message {
      _ = try StateDictionary.load(from: write { "module.x" + $0 }, for: architecture)
    }
    #expect(lacking.contains("lacks conv1.weight, conv1.bias, "), "\(lacking)")
    #expect(lacking.contains(" and \(architecture.parameters.count - 8) more, which"), "\(lacking)")
    // Two tensors would bear one name.
    let twice = try write([
      .init(name: "conv1._orig_mod.bias", shape: [4], values: .float32([0, 0, 0, 0]))
    ]) { $0 }
    #expect(twice.unwrapped == nil)
  }
}
