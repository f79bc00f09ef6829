import TopoAnalysis
import TopoCompute
import TopoData
import TopoFoundation
import TopoNetworks
import TopoPerturbations

/// Computes what evaluations of perturbed copies need of the unperturbed networks, in one pass over
/// the images for each network: measures of classification, inputs of the last layers, and the
/// selectivity and standard deviations of units.
final class FeatureStore {
  /// Results of an unperturbed network.
  struct Network: Sendable {
    /// Measures of classification.
    var clean: ClassificationMeasures
    /// Selectivity of the units; nil if it is not needed.
    var selectivity: UnitSelectivity?
    /// By unit: standard deviation of its response before ReLU over the images of the context; nil
    /// if it is not needed.
    var standardDeviations: [Double]?
  }

  private let context: EvaluationContext
  /// Images on which the selectivity of units is measured; nil if it is not needed.
  private let selectivityImages: ImageSet?
  /// Whether the standard deviations of units are needed.
  private let measuresSpread: Bool
  private let device: any Device
  private let budget: Int?
  /// Bytes of features that are kept; features of further networks are computed again when they are
  /// needed.
  private let capacity: Int
  /// Layers whose inputs are needed, by architecture.
  private let layers: [Architecture: [Int]]

  private var models: [EvaluatedModel] { context.models }

  /// Called before networks allocate device memory, so that the owner can free its own.
  var beforeInference: () -> Void = {}

  private var networks: [Int: Network] = [:]
  /// By model and layer: dense `[image, feature]`.
  private var features: [Int: [Int: [Float]]] = [:]
  private var held = 0

  init(
    _ context: EvaluationContext, layers: [Architecture: [Int]], selectivityImages: ImageSet?,
    measuresSpread: Bool = false, capacity: Int, budget: Int?, device: any Device
  ) {
    self.context = context
    self.layers = layers
    self.selectivityImages = selectivityImages
    self.measuresSpread = measuresSpread
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

  /// Results of unperturbed networks.
  /// - Parameter progress: called with a number of evaluated images, added up over the networks of
  ///   a pack, and the index of the first of them.
  /// - Throws: `DeviceError`.
  func networks(
    _ indices: [Int], progress: (_ images: Int, _ model: Int) -> Void = { _, _ in }
  ) throws -> [Network] {
    let missing = indices.filter { networks[$0] == nil }
    if !missing.isEmpty { _ = try pass(missing, returnsFeatures: false, progress) }
    return indices.compactMap { networks[$0] }
  }

  /// The inputs of a layer in some models, dense `[image, feature]` for each.
  /// - Throws: `DeviceError`.
  func features(
    _ indices: [Int], layer: Int, progress: (_ images: Int, _ model: Int) -> Void = { _, _ in }
  ) throws -> [[Float]] {
    let missing = indices.filter { features[$0] == nil }
    let fresh = missing.isEmpty ? [:] : try pass(missing, returnsFeatures: true, progress)
    return indices.compactMap { (features[$0] ?? fresh[$0])?[layer] }
  }

  /// Runs inference for some models and keeps their results, with as many features as `capacity`
  /// allows.
  /// - Returns: features by model and layer; empty unless `returnsFeatures`.
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

  /// Checks that the device has enough memory for one network of each architecture.
  /// - Throws: `DeviceError` otherwise.
  func checkMemory() throws {
    let groups = Dictionary(grouping: models.indices, by: { models[$0].network.architecture })
    for group in groups.values { _ = try packs(Array(group.prefix(1))) }
  }

  /// Positions in `indices` of the models of each pack; all have one architecture.
  /// - Throws: `DeviceError` if the device has too little memory for one network.
  private func packs(_ indices: [Int]) throws -> [[Int]] {
    let subset = indices.map { models[$0] }
    let widest = indices.map { index in
      let architecture = models[index].network.architecture
      let images =
        selectivityImages.map { max(context.images.count, $0.count) }
        ?? (measuresSpread ? context.images.count : 0)
      return bytes(ofModel: index) + architecture.sheet.units * images * 4
    }.max()
    let most = max(1, min(Self.pack, capacity / max(widest ?? 1, 1)))
    return try ModelPacks(
      subset, fallback: context.normalization, device: device, memoryLimit: budget
    ).plan(
      atMost: most,
      task: { "evaluating a network of \($0.name) on \(Evaluator.batch) images at a time" }
    ) { [layers, device] architecture, capacity in
      try Evaluator.memoryUse(
        architecture: architecture, capacity: capacity, features: layers[architecture] ?? [],
        device: device)
    }
  }

  /// `pass` for models of one architecture.
  private func passGroup(
    _ indices: [Int], _ returnsFeatures: Bool, _ progress: (Int, Int) -> Void
  ) throws -> [Int: [Int: [Float]]] {
    var found: [Int: [Int: [Float]]] = [:]
    for pack in try packs(indices) {
      let members = pack.map { indices[$0] }
      let architecture = models[members[0]].network.architecture
      let wanted = layers[architecture] ?? []
      let evaluator = try Evaluator(
        architecture: architecture, capacity: members.count, features: wanted, device: device)
      try evaluator.replace(with: members.map { models[$0].network })
      let normalization = context.normalization(of: members[0])
      var outputs = try Outputs(
        evaluator, context.images, normalization,
        keepsSheet: measuresSpread || selectivityImages == context.images
      ) { progress($0, members[0]) }
      let spreads = measuresSpread ? outputs.sheets.map { Self.spread($0, architecture) } : []
      if let others = selectivityImages, others != context.images {
        outputs.sheets = try Outputs(
          evaluator, others, normalization, keepsSheet: true, { _ in }
        ).sheets
      }
      for (member, index) in members.enumerated() {
        networks[index] = Network(
          clean: ClassificationMeasures(outputs.tallies[member]),
          selectivity: selectivityImages.map {
            UnitSelectivity(
              sheet: outputs.sheets[member], labels: $0.labels, classes: architecture.classes)
          }, standardDeviations: measuresSpread ? spreads[member] : nil)
        let byLayer = outputs.features.mapValues { $0[member] }
        if returnsFeatures { found[index] = byLayer }
        if features[index] == nil, held + bytes(ofModel: index) <= capacity {
          features[index] = byLayer
          held += bytes(ofModel: index)
        }
      }
    }
    return found
  }

  /// Standard deviations of units over images, in Float64.
  private static func spread(_ sheet: [Float], _ architecture: Architecture) -> [Double] {
    UnitMoments(Activations(sheet, units: architecture.sheet.units)).variances.map {
      $0.squareRoot()
    }
  }

  /// Largest number of networks on the device.
  private static let pack = 16

  /// The outputs of the networks of an evaluator.
  private struct Outputs {
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
      // A few batches at a time, because all images in float32 would need four times the memory of
      // the set. Whole batches, so that each image is in the same batch as with all images at once.
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
