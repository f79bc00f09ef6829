import Foundation
import TopoAnalysis
import TopoCompute
import TopoData
import TopoFoundation
import TopoNetworks
import TopoSheets

/// The layers of the sheets of networks, with responses to clean images. Inference runs once for
/// all analyses, unless the responses do not fit into memory together.
final class ActivationStore {
  private let context: EvaluationContext
  private let device: any Device
  /// Number of responses that are kept.
  private let capacity: Int
  /// Largest number of networks of one architecture on the device.
  private static let pack = 16

  /// Whether logits of all networks are kept, too.
  var keepsLogits = false

  private var kept: [Int: [Float]] = [:]
  /// By model: mean magnitude of each input of the sheet.
  private var inputMagnitudes: [Int: [Double]] = [:]
  private var keptLogits: [Int: [Float]] = [:]
  private var held = 0
  private lazy var packs = Result { try makePacks() }
  /// The evaluator of the last pack; it still has its device memory.
  private var evaluator: (architecture: Architecture, pack: [Int], evaluator: Evaluator)?

  /// A store for the networks and images of a context.
  /// - Parameter capacity: bytes of host memory for responses; by default a quarter of it.
  init(_ context: EvaluationContext, on device: any Device, capacity: Int? = nil) {
    (self.context, self.device) = (context, device)
    let bytes = capacity ?? Int(clamping: ProcessInfo.processInfo.physicalMemory / 4)
    self.capacity = bytes / MemoryLayout<Float>.size
  }

  /// The models of each pack: of one architecture, as many as memory allows.
  /// - Throws: `DeviceError` if the device has too little memory for one network.
  func modelPacks() throws -> [[Int]] { try packs.get() }

  private func makePacks() throws -> [[Int]] {
    try context.packs(on: device).plan(
      atMost: Self.pack,
      task: { "evaluating a network of \($0.name) on \(Evaluator.batch) images at a time" }
    ) { [device] architecture, capacity in
      let inference = try Evaluator.memoryUse(
        architecture: architecture, capacity: capacity, features: [architecture.sheetIndex],
        device: device)
      // The memory of one is freed before the other allocates.
      let gradients = try SensitivityMapper.memoryUse(
        architecture: architecture, capacity: capacity, device: device)
      return MemoryUse(
        bytes: max(inference.bytes, gradients.bytes),
        largestPiece: max(inference.largestPiece, gradients.largestPiece))
    }
  }

  /// The sheet's layer of each model of a pack.
  /// - Throws: `DeviceError`.
  /// - Parameter wraps: whether opposite edges of the sheets meet.
  func layers(
    of pack: [Int], wraps: Bool = false
  ) throws -> [(data: LayerData, network: any ImageResponder)] {
    let missing = pack.contains { kept[$0] == nil }
    let responses = missing ? try infer(pack) : pack.compactMap { kept[$0] }
    let responder = responder(pack)
    return pack.indices.map { member in
      (
        layer(pack[member], responses[member], wraps: wraps), responder.network(member)
      )
    }
  }

  /// The logits of each model, dense `[image, class]`.
  /// - Throws: `DeviceError`.
  func logits() throws -> [[Float]] {
    keepsLogits = true
    for pack in try modelPacks() where pack.contains(where: { keptLogits[$0] == nil }) {
      _ = try infer(pack)
    }
    return context.models.indices.map { keptLogits[$0] ?? [] }
  }

  /// Shows further images to a pack.
  private func responder(_ pack: [Int]) -> PackResponder {
    let normalization = context.normalization(of: pack[0])
    let networks = pack.map { context.models[$0].network }
    let architecture = networks[0].architecture
    return PackResponder(
      context, normalization: normalization, period: architecture.periodBeforeSheet
    ) { images in
      let outputs = try self.evaluator(of: pack).outputs(
        of: images, normalization: normalization, readsFeatures: false)
      return outputs.sheet.map { Activations($0, units: outputs.units) }
    } sensitivity: { images in
      self.evaluator = nil
      let mapper = try SensitivityMapper(
        architecture: architecture, capacity: networks.count, device: self.device)
      try mapper.replace(with: networks)
      return try mapper.maps(of: images, normalization: normalization)
    }
  }

  private func layer(_ model: Int, _ responses: [Float], wraps: Bool) -> LayerData {
    let network = context.models[model].network
    let architecture = network.architecture
    let sheet = architecture.sheet
    let weights = network.tensors[architecture.sheetWeightIndex]
    return LayerData(
      activations: Activations(responses, units: sheet.units),
      labels: ClassLabels(context.images.labels, classes: context.images.classes),
      weights: LayerData.Weights(weights, inputs: weights.count / sheet.units),
      inputMagnitudes: inputMagnitudes[model],
      layout: UnitLayout(sheet, neighborhood: Neighborhood(wraps: wraps)))
  }

  /// The responses of each model of a pack, before ReLU, dense `[image, unit]`.
  private func infer(_ pack: [Int]) throws -> [[Float]] {
    let outputs = try evaluator(of: pack).outputs(
      of: context.images.images.map { ImageSet.unitValues[Int($0)] },
      normalization: context.normalization(of: pack[0]))
    let architecture = context.models[pack[0]].network.architecture
    let inputs = architecture.inputShape(ofLayer: architecture.sheetIndex)[0]
    for (model, values) in zip(pack, outputs.features[architecture.sheetIndex] ?? []) {
      inputMagnitudes[model] = Transmission.magnitudes(Activations(values, units: inputs))
    }
    if keepsLogits {
      for (model, logits) in zip(pack, outputs.logits) { keptLogits[model] = logits }
    }
    for (model, values) in zip(pack, outputs.sheet)
    where kept[model] == nil && held + values.count <= capacity {
      kept[model] = values
      held += values.count
    }
    return outputs.sheet
  }

  /// The evaluator with the networks of a pack.
  private func evaluator(of pack: [Int]) throws -> Evaluator {
    let architecture = context.models[pack[0]].network.architecture
    if let evaluator, evaluator.architecture == architecture {
      if evaluator.pack != pack {
        try evaluator.evaluator.replace(with: pack.map { context.models[$0].network })
        self.evaluator?.pack = pack
      }
      return evaluator.evaluator
    } else {
      // Frees the memory of the old one before the new one allocates.
      evaluator = nil
      let most = try modelPacks().filter {
        context.models[$0[0]].network.architecture == architecture
      }.map(\.count).max()
      let fresh = try Evaluator(
        architecture: architecture, capacity: most ?? pack.count,
        features: [architecture.sheetIndex], device: device)
      try fresh.replace(with: pack.map { context.models[$0].network })
      evaluator = (architecture, pack, fresh)
      return fresh
    }
  }
}
