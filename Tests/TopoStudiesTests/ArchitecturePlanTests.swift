import Foundation
import TestSupport
import Testing
import TopoCompute
import TopoFoundation
import TopoNetworks
import TopoSheets

@testable import TopoStudies

/// Architectures that plans spell out layer by layer.
@Suite("Architectures of plans") struct ArchitecturePlanTests {
  /// The paper's network for MNIST; line 3 is `architecture`.
  static let layers = """
    architecture:
      name: like-mnist
      layers:
        - {convolution: 32, kernel: 3, padding: 1}
        - relu
        - max-pooling: 2
        - convolution: 64
          kernel: [3, 3]
          padding: 1
        - relu
        - max-pooling: 2
        - global-average-pooling
        - sheet
        - relu
        - dropout: 0.5
        - linear
    """

  static func plan(_ change: (String) -> String = { $0 }) throws -> Plan {
    try PlanTests.plan(
      change(PlanTests.small.replacing("architecture: mnist", with: layers)))
  }

  private func built(_ plan: Plan) throws -> Architecture {
    try plan.architecture.architecture(
      input: ImageShape(channels: 1, rows: 28, columns: 28), sheet: plan.sheet, classes: 10)
  }

  @Test("the paper's network can be spelled out")
  func thePapersNetwork() throws {
    let plan = try Self.plan()
    #expect(plan.architecture.name == "like-mnist")
    let own = try built(plan)
    #expect(own.layers == (try Architecture.mnist().layers))
    #expect(own.parameters.map(\.name).contains("conv2.weight"))
  }

  @Test("sheet and classes follow the plan and the data")
  func sheetAndClasses() throws {
    let plan = try Self.plan { $0 + "\nsheet: [4, 6]" }
    let own = try plan.architecture.architecture(
      input: ImageShape(channels: 3, rows: 32, columns: 32), sheet: plan.sheet, classes: 26)
    #expect(own.sheet == Sheet(rows: 4, columns: 6) && own.classes == 26)
    #expect(own.input.channels == 3)
  }

  @Test("every kind of layer and key reads back the same")
  func roundTrip() throws {
    let text = """
      architecture:
        name: everything
        layers:
          - {convolution: 8, kernel: [5, 3], stride: [2, 1], padding: [2, 1], name: first}
          - batch-normalization
          - relu
          - {max-pooling: 3, stride: 2, padding: 1}
          - {batch-normalization: , momentum: 0.3, epsilon: 1e-3, name: norm}
          - {max-pooling: [2, 1]}
          - global-average-pooling
          - {linear: 40, name: between}
          - {sheet: , name: map}
          - relu
          - dropout: 0.25
          - linear
      """
    let plan = try PlanTests.plan(PlanTests.small.replacing("architecture: mnist", with: text))
    guard case .layers(let layers, _) = plan.architecture else {
      Issue.record("layers are read as \(plan.architecture)")
      return
    }
    #expect(
      layers[0]
        == .fixed(
          .convolution(
            name: "first", outputs: 8,
            window: Window(
              kernel: .init(rows: 5, columns: 3), stride: .init(rows: 2, columns: 1),
              padding: .init(rows: 2, columns: 1)))))
    #expect(layers[1] == .fixed(.batchNormalization(name: "bn1")))
    #expect(layers[4] == .fixed(.batchNormalization(name: "norm", momentum: 0.3, epsilon: 1e-3)))
    #expect(layers[7] == .fixed(.linear(name: "between", outputs: 40)))
    #expect(layers[8] == .sheet(name: "map") && layers[11] == .classes(name: "fc3"))
    let again = try plan.yaml()
    #expect(again.contains("    - {sheet: {}, name: map}\n"), "\(again)")
    #expect(again.contains("    - {linear: classes, name: fc3}\n"), "\(again)")
    #expect(again.contains("    - {batch-normalization: {}, momentum: 0.1, "), "\(again)")
    #expect(try Plan(yaml: again, file: "plan.yaml") == plan, "\(again)")
    #expect(try built(plan).layers.count == 12)
  }

  @Test("a sheet of a size of its own cannot be written")
  func ownSheet() throws {
    var plan = try Self.plan()
    plan.architecture = .layers(
      [.fixed(.sheet(name: "fc1", Sheet(rows: 2, columns: 2)))], name: "own")
    #expect(
      message { _ = try plan.yaml() }.contains("the layer fc1 is a sheet of a size of its own"))
  }

  static let mistakes = [
    ("  name: like-mnist\n", "", "line 4: architecture has no name; add name: ..."),
    ("name: like-mnist", "name: mnist", "line 4: mnist is the name of a ready architecture"),
    (
      "name: like-mnist", "nam: x", "line 4: the key nam is not known in architecture; the keys are"
    ),
    ("    - sheet\n", "", "line 6: architecture like-mnist: has no sheet; add one between"),
    ("    - linear", "    - relu", "line 6: architecture like-mnist: does not end with a linear"),
    (
      "    - relu\n    - dropout", "    - convolution: 3\n      kernel: 1\n    - dropout",
      "line 16: architecture like-mnist: layer 9 (conv3) comes after the global average pool"
    ),
    ("    - sheet", "    - shet", "line 15: a layer must be one of convolution, "),
    ("    - sheet", "    - shet", "; did you mean sheet?"),
    ("    - dropout: 0.5", "    - dropout", "line 17: dropout has no rate; write - dropout: 0.5"),
    ("    - relu\n    - max", "    - ReLU\n    - max", "; did you mean relu?"),
    ("    - relu\n    - max", "    - batchnorm\n    - max", "; did you mean batch-normalization?"),
    (
      "    - global-average-pooling\n", "",
      "architecture like-mnist: has no global average pool; add one before the sheet"
    ),
    ("    - sheet", "    - sheet: 11", "line 15: the layer sheet has no value; give rows"),
    ("dropout: 0.5", "dropout: 1", "line 17: dropout is 1, but must be at least 0 and below 1"),
    ("dropout: 0.5", "dropout:", "line 17: dropout has no rate; write - dropout: 0.5"),
    ("max-pooling: 2\n    - conv", "max-pooling: 0\n    - conv", "line 8: max-pooling is 0, but"),
    (
      "{convolution: 32, kernel: 3", "{convolution: 1e9, kernel: 3",
      "line 6: convolution is 1e9, but must be a whole number from 1 to 65536"
    ),
    (
      "{convolution: 32, kernel: 3", "{convolution: 32",
      "line 6: a layer convolution has no kernel; add kernel: ..."
    ),
    (
      "kernel: 3, padding: 1", "kernel: [3, 3, 3], padding: 1",
      "line 6: kernel is a list, but must be a whole number from 1 to 1024, or two of them"
    ),
    (
      "kernel: 3, padding: 1", "kernel: 3, padding: -1",
      "line 6: padding is -1, but must be a whole number from 0 to 1024"
    ),
    (
      "kernel: 3, padding: 1", "kernel: 3, stride: 1025",
      "line 6: stride is 1025, but must be a whole number from 1 to 1024"
    ),
    (
      "kernel: 3, padding: 1", "kernel: 3, pading: 1",
      "line 6: the key pading is not known in a layer convolution"
    ),
    ("kernel: 3, padding: 1", "kernel: 3, name: [a]", "line 6: name must be a word or a text"),
    ("    - relu\n    - max", "    - relu: 1\n    - max", "line 7: relu is 1, but has no value"),
    (
      "    - relu\n    - max", "    - {batch-normalization: , momentum: 2}\n    - max",
      "line 7: momentum is 2, but must be from 0 to 1"
    ),
    (
      "    - relu\n    - max", "    - {batch-normalization: , epsilon: 0}\n    - max",
      "line 7: epsilon is 0, but must be above 0"
    ),
    (
      "    - relu\n    - dropout", "    - linear\n    - dropout",
      "line 16: a linear layer that is not the last one has no outputs; write - linear: 100"
    ),
    ("  layers:\n", "  layers: many\n  x:\n", "line 6: the key x is not known in architecture"),
  ]

  @Test("mistakes are named with their line", arguments: mistakes)
  func mistakesAreNamed(old: String, new: String, sentence: String) {
    #expect(Self.layers.contains(old))
    let said = message { _ = try Self.plan { $0.replacing(old, with: new, maxReplacements: 1) } }
    #expect(said.hasPrefix("plan.yaml, line "), "\(said)")
    #expect(said.contains(sentence), "\(said)")
  }

  @Test("what does not fit the data is named with its line")
  func data() throws {
    let folder = try TemporaryFolder()
    let data = folder.url.appending(path: "mnist")
    try SmallData.writeIDX(to: data)
    let text = PlanTests.small.replacing("architecture: mnist", with: Self.layers)
      .replacing("data: fashion-mnist", with: "data: \(data.path)")
    let file = folder.url.appending(path: "plan.yaml")
    func said(_ old: String, _ new: String) throws -> String {
      #expect(text.contains(old), "\(old)")
      try Data(text.replacing(old, with: new, maxReplacements: 1).utf8).write(to: file)
      let source = try PlanSource(file.path)
      return message { _ = try source.dataset(of: source.plan()) }
    }
    #expect(try said("kernel: 3", "kernel: 3") == "no error")
    for (old, new, sentence) in [
      ("    - linear", "    - linear: 4", "line 18: the last layer has 4 outputs, but "),
      ("kernel: 3", "kernel: 100", "line 6: architecture like-mnist: images of 1 x "),
      ("name: small\n", "name: small\nsubset: 100000\n", "line 2: subset is 100000, but "),
      ("epochs: 2", "epochs: 2\nevaluation: {subset: 9999}", "subset is 9999, but there are only "),
      ("data: \(data.path)", "data: nope", "line 2: "),
    ] {
      let said = try said(old, new)
      #expect(said.hasPrefix("\(file.path), line ") && said.contains(sentence), "\(said)")
    }
  }

  @Test("images that are too small are refused when the data are known")
  func smallImages() throws {
    let plan = try Self.plan()
    let said = message {
      _ = try plan.architecture.architecture(
        input: ImageShape(channels: 1, rows: 2, columns: 2), sheet: plan.sheet, classes: 10)
    }
    #expect(said.hasPrefix("architecture like-mnist: images of 1 x 2 x 2 are too small"), "\(said)")
  }
}
