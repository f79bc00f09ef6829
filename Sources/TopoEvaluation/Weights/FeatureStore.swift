import TopoCompute
import TopoData
import TopoFoundation
import TopoNetworks
import TopoPerturbations

/// What evaluations of damaged copies need of the networks as they are, from one pass over the
/// images for each network: how well it classifies, what its last layers read, and how selective
/// its units are.
final class FeatureStore {
  /// One network as it is.
  struct Network: Sendable {
    /// How well it classifies.
    var clean: ClassificationMeasures
    /// How well its units tell classes apart; nil where nobody asks.
    var selectivity: UnitSelectivity?
  }

  private let context: EvaluationContext
  /// Images by which the selectivity of units is measured; nil if it is not needed.
  private let selectivityImages: ImageSet?
  private let device: any Device
  private let budget: Int?
  /// Bytes of features that are kept; those of further networks are computed when they are needed.
  private let capacity: Int
  /// Layers whose inputs are needed, by architecture.
  private let layers: [Architecture: [Int]]

  private var models: [EvaluatedModel] { context.models }

  /// Called before networks take memory of the device: what can be given back should be.
  var beforeInference: () -> Void = {}

  private var networks: [Int: Network] = [:]
  /// By model and layer: dense `[image, feature]`.
  private var features: [Int: [Int: [Float]]] = [:]
  private var held = 0

  init(
    _ context: EvaluationContext, layers: [Architecture: [Int]], selectivityImages: ImageSet?,
    capacity: Int, budget: Int?, device: any Device
  ) {
    self.context = context
    self.layers = layers
    self.selectivityImages = selectivityImages
    self.capacity = capacity
    self.budget = budget
    self.device = device
  }

  /// Bytes of a model's features.
  func bytes(ofModel index: Int) -> Int {
    let architecture = models[index].network.architecture
    return (layers[architecture] ?? []).reduce(0) {
      $0 + architecture.inputShape(ofLayer: $1)[0] * context.images.count * 4
    }
  }

  /// Networks as they are.
  /// - Parameter progress: called with the number of images shown to a number of models.
  /// - Throws: `DeviceError`.
  func networks(
    _ indices: [Int], progress: (_ images: Int, _ model: Int) -> Void = { _, _ in }
  ) throws -> [Network] {
    let missing = indices.filter { networks[$0] == nil }
    if !missing.isEmpty { _ = try pass(missing, returnsFeatures: false, progress) }
    return indices.compactMap { networks[$0] }
  }

  /// What a layer reads in each of some models.
  /// - Throws: `DeviceError`.
  func features(
    _ indices: [Int], layer: Int, progress: (_ images: Int, _ model: Int) -> Void = { _, _ in }
  ) throws -> [[Float]] {
    let missing = indices.filter { features[$0] == nil }
    let fresh = missing.isEmpty ? [:] : try pass(missing, returnsFeatures: true, progress)
    return indices.compactMap { (features[$0] ?? fresh[$0])?[layer] }
  }

  /// Shows the images to models, keeps what there is room for, and returns their features, where
  /// they are asked for.
  private func pass(
    _ indices: [Int], returnsFeatures: Bool, _ progress: (Int, Int) -> Void
  ) throws -> [Int: [Int: [Float]]] {
    beforeInference()
    var found: [Int: [Int: [Float]]] = [:]
    for group in Dictionary(grouping: indices, by: { models[$0].network.architecture }).values {
      found.merge(try passGroup(group, returnsFeatures, progress)) { $1 }
    }
    return found
  }

  /// `pass` for models of one architecture.
  private func passGroup(
    _ indices: [Int], _ returnsFeatures: Bool, _ progress: (Int, Int) -> Void
  ) throws -> [Int: [Int: [Float]]] {
    var found: [Int: [Int: [Float]]] = [:]
    let subset = indices.map { models[$0] }
    let widest = indices.map { index in
      let architecture = models[index].network.architecture
      let images = selectivityImages.map { max(context.images.count, $0.count) } ?? 0
      return bytes(ofModel: index) + architecture.sheet.units * images * 4
    }.max()
    let most = max(1, min(Self.pack, capacity / max(widest ?? 1, 1)))
    let packs = try ModelPacks(
      subset, else: context.normalization, device: device, memoryLimit: budget
    ).plan(
      atMost: most,
      task: { "showing a network of \($0.name) \(Evaluator.batch) images at a time" }
    ) { [layers, device] architecture, capacity in
      try Evaluator.memoryUse(
        architecture: architecture, capacity: capacity, features: layers[architecture] ?? [],
        device: device)
    }
    for pack in packs {
      let own = pack.map { indices[$0] }
      let architecture = models[own[0]].network.architecture
      let wanted = layers[architecture] ?? []
      let evaluator = try Evaluator(
        architecture: architecture, capacity: own.count, features: wanted, device: device)
      try evaluator.replace(with: own.map { models[$0].network })
      let normalization = context.normalization(of: own[0])
      var shown = try Shown(
        evaluator, context.images, normalization, keepsSheet: selectivityImages == context.images
      ) { progress($0, own[0]) }
      if let others = selectivityImages, others != context.images {
        shown.sheets = try Shown(
          evaluator, others, normalization, keepsSheet: true, { _ in }
        ).sheets
      }
      for (place, index) in own.enumerated() {
        networks[index] = Network(
          clean: ClassificationMeasures(shown.tallies[place]),
          selectivity: selectivityImages.map {
            UnitSelectivity(
              sheet: shown.sheets[place], labels: $0.labels, classes: architecture.classes)
          })
        let ownFeatures = shown.features.mapValues { $0[place] }
        if returnsFeatures { found[index] = ownFeatures }
        if features[index] == nil, held + bytes(ofModel: index) <= capacity {
          features[index] = ownFeatures
          held += bytes(ofModel: index)
        }
      }
    }
    return found
  }

  /// Networks that are shown images side by side, at most.
  private static let pack = 16

  /// What the networks of an evaluator answered.
  private struct Shown {
    var tallies: [ClassificationTally]
    /// By model: dense `[image, unit]`.
    var sheets: [[Float]]
    /// By layer and model.
    var features: [Int: [[Float]]] = [:]

    init(
      _ evaluator: Evaluator, _ images: ImageSet, _ normalization: Normalization,
      keepsSheet: Bool, _ progress: (Int) -> Void
    ) throws {
      let members = evaluator.members
      tallies = (0..<members).map { _ in
        ClassificationTally(classes: evaluator.architecture.classes)
      }
      sheets = Array(repeating: [], count: members)
      // Whole batches, so that every image is in the batch that it is in where all are shown at
      // once; not all of them, as images take four times as much room in float32.
      let chunk = 8 * Evaluator.batch
      let size = images.shape.count
      for first in stride(from: 0, to: images.count, by: chunk) {
        let end = min(first + chunk, images.count)
        let outputs = try evaluator.outputs(
          of: images.images[first * size..<end * size].map { ImageSet.unitValues[Int($0)] },
          normalization: normalization)
        let labels = Array(images.labels[first..<end])
        concurrentUpdate(&tallies) { member, tally in
          outputs.logits[member].withUnsafeBufferPointer { logits in
            labels.withUnsafeBufferPointer { tally.add(logits: logits, labels: $0) }
          }
        }
        for member in 0..<members where keepsSheet { sheets[member] += outputs.sheet[member] }
        for (layer, values) in outputs.features {
          for member in 0..<members {
            features[layer, default: Array(repeating: [], count: members)][member] +=
              values[member]
          }
        }
        progress((end - first) * members)
      }
    }
  }
}
