import TopoCompute
import TopoData
import TopoFoundation
import TopoNetworks

/// Trained networks measured on images that were perturbed against them, each network's own images:
/// many networks are attacked side by side.
///
/// An image that a network misclassifies when it is clean counts as misclassified, even if an attack
/// happens to correct it: the network's output is then the one to the clean image.
public final class AttackEvaluation: Evaluation {
  /// All attacks at all epsilons, those of one step first.
  public let tasks: [AttackTask]
  /// The networks, and the images under attack.
  let context: EvaluationContext
  private let part: AttackPart
  private let device: any Device
  /// Networks of one architecture that are on the device at a time, at most.
  var pack = 16
  /// Images that are attacked at a time, at most.
  var batch = Attacker.batch
  /// Whether the norms of the clean images' gradients are among the records of the first task.
  var measuresGradients = true

  /// Called with the attacked images of each batch (by member, dense
  /// `[image, channel, row, column]`), the number of the first one, and the models' indices.
  public var inspect: ((AttackTask, [[Float]], _ first: Int, _ models: [Int]) throws -> Void)?

  /// Networks of one kind that are on the device.
  private var attacker: (kind: Kind, attacker: Attacker)?
  /// By model.
  private var clean: [Int: CleanOutputs] = [:]

  /// What networks that are attacked side by side have in common.
  private struct Kind: Hashable {
    var architecture: Architecture
    var normalization: Normalization
    var capacity: Int
  }

  /// What a model gave for the clean images.
  private struct CleanOutputs {
    /// Dense `[image, class]`.
    var logits: [Float] = []
    /// Of each image.
    var gradientNorms: [Double] = []
  }

  /// An evaluation on the first images of the context.
  /// - Throws: `UserError` if the part asks for more images than there are.
  public init(
    _ part: AttackPart, in context: EvaluationContext, on device: any Device
  ) throws {
    let context = try context.first(part.count(of: context.images))
    (self.part, self.context, self.device) = (part, context, device)
    let fast = part.attacks.filter(\.isSingleStep), slow = part.attacks.filter { !$0.isSingleStep }
    tasks = (fast + slow).flatMap { attack in
      part.epsilons(of: attack, on: context.images).map { epsilon in
        AttackTask(
          attack: attack, epsilon: epsilon,
          epsilonName: EpsilonText.text(epsilon, names: part.epsilonNames))
      }
    }
  }

  public func cost(of task: AttackTask) -> Double {
    // A gradient takes about three forward passes.
    Double(3 * gradients(of: task) + 1) * Double(context.images.count)
  }

  private func gradients(of task: AttackTask) -> Int {
    task.attack.isSingleStep ? 1 : task.attack.steps
  }

  public func measure(
    _ pending: [Int], progress: (_ share: Double) -> Void = { _ in },
    finished: (_ task: Int, TaskResult) throws -> Void
  ) throws {
    guard !context.models.isEmpty, !pending.isEmpty else { return }
    let size = batchSize
    let packs = try packs(batch: size)
    for index in pending {
      let task = tasks[index]
      let batches = (context.images.count + size - 1) / size
      let all = (gradients(of: task) + 1) * packs.count * batches
      var done = 0
      func advance() {
        done += 1
        progress(min(Double(done) / Double(all), 1))
      }
      var attacked = [[Float]](repeating: [], count: context.models.count)
      for pack in packs {
        for (model, logits) in zip(pack, try logits(of: task, pack, batch: size, advance)) {
          attacked[model] = logits
        }
      }
      try finished(index, result(of: index, attacked))
    }
  }

  /// Attacks a pack.
  /// - Returns: by model of the pack, dense `[image, class]`.
  private func logits(
    of task: AttackTask, _ pack: [Int], batch size: Int, _ advance: () -> Void
  ) throws -> [[Float]] {
    let (models, images) = (context.models, context.images)
    let attacker = try attacker(for: pack, batch: size)
    try attacker.replace(with: pack.map { models[$0].network })
    let isKnown = clean[pack[0]] != nil
    var found = [CleanOutputs](repeating: CleanOutputs(), count: pack.count)
    var logits = [[Float]](repeating: [], count: pack.count)
    let values = images.images.map { ImageSet.unitValues[Int($0)] }
    for first in stride(from: 0, to: images.count, by: size) {
      let end = min(first + size, images.count)
      let pixels = first * images.shape.count..<end * images.shape.count
      try attacker.place(values[pixels], labels: images.labels[first..<end])
      if !isKnown {
        let outputs = try attacker.cleanAnswers()
        for member in pack.indices {
          found[member].logits += outputs.logits[member]
          found[member].gradientNorms += outputs.gradientNorms[member]
        }
      }
      advance()
      let outputs = try attacker.answers(
        to: task.attack, epsilon: task.epsilon, first: first, seed: part.seed, progress: advance)
      for member in pack.indices { logits[member] += outputs[member] }
      if let inspect { try inspect(task, try attacker.images(), first, pack) }
    }
    if !isKnown { for (model, outputs) in zip(pack, found) { clean[model] = outputs } }
    return logits
  }

  private func attacker(for pack: [Int], batch size: Int) throws -> Attacker {
    let architecture = context.models[pack[0]].network.architecture
    let normalization = context.normalization(of: pack[0])
    if let (kind, attacker) = attacker, kind.architecture == architecture,
      kind.normalization == normalization, kind.capacity >= pack.count
    {
      return attacker
    }
    // The old one's memory is free before the new one takes its own.
    attacker = nil
    let kind = Kind(
      architecture: architecture, normalization: normalization, capacity: pack.count)
    let fresh = try Attacker(
      architecture: architecture, capacity: pack.count, normalization: normalization,
      batch: size, device: device)
    attacker = (kind, fresh)
    return fresh
  }

  /// Batches of even size: what a last, short one leaves free would be computed all the same.
  var batchSize: Int {
    let batches = (context.images.count + batch - 1) / batch
    return (context.images.count + batches - 1) / batches
  }

  /// Indices of models of one architecture, as many together as `pack` and memory allow: the packs
  /// of one architecture one after the other, larger ones first.
  /// - Throws: `DeviceError` if one network alone needs more memory than there is.
  func packs(batch: Int) throws -> [[Int]] {
    try context.packs(on: device).plan(
      atMost: pack,
      task: { "attacking a network of \($0.name) with \(batch) images at a time" }
    ) { architecture, capacity in
      try Attacker.memoryUse(
        architecture: architecture, capacity: capacity, normalization: context.normalization,
        batch: batch, device: device)
    }
  }

  // MARK: Records

  /// Records by model: the input gradient's norm, the measures of classification at epsilon 0 (the
  /// clean images) with the first task of an attack, and those of the task.
  private func result(of index: Int, _ attacked: [[Float]]) -> TaskResult {
    let task = tasks[index]
    let isFirst = tasks.firstIndex { $0.attack == task.attack } == index
    let (images, dataset) = (context.images, context.dataset)
    var result = TaskResult(records: [], confusion: [])
    for (place, model) in context.models.enumerated() {
      guard let clean = clean[place] else { continue }
      if index == 0 && measuresGradients {
        let mean = Statistics.mean(clean.gradientNorms)
        result.records.append(
          model.record(
            dataset: dataset, measure: MeasureName.inputGradientNorm,
            value: MeasuredValue(mean, orUndefined: "a gradient is not finite")))
      }
      let worst = Self.worst(attacked[place], clean: clean.logits, images)
      for (epsilon, logits) in (isFirst ? [(0, clean.logits)] : []) + [(task.epsilon, worst)] {
        let measures = ClassificationMeasures(
          logits: logits, classes: images.classes, labels: images.labels)
        result.records += measures.named.map {
          model.record(
            dataset: dataset, measure: $0, perturbation: task.attack.label, severity: epsilon,
            value: $1)
        }
        result.confusion += model.confusion(
          measures, dataset: dataset, perturbation: task.attack.label, severity: epsilon)
      }
    }
    return result
  }

  /// The outputs for attacked images, and for clean ones if only the attacked image is classified
  /// correctly.
  /// - Parameters:
  ///   - attacked: dense `[image, class]`, like `clean`.
  private static func worst(
    _ attacked: [Float], clean: [Float], _ images: ImageSet
  ) -> [Float] {
    let classes = images.classes
    var logits = attacked
    func isCorrect(_ logits: [Float], _ row: Range<Int>, _ label: Int32) -> Bool {
      let own = logits[row.lowerBound + Int(label)]
      return row.allSatisfy {
        $0 - row.lowerBound < Int(label) ? logits[$0] < own : logits[$0] <= own
      }
    }
    for (image, label) in images.labels.enumerated() {
      let row = image * classes..<(image + 1) * classes
      if isCorrect(logits, row, label), !isCorrect(clean, row, label) {
        logits.replaceSubrange(row, with: clean[row])
      }
    }
    return logits
  }
}
