import TopoCompute
import TopoData
import TopoFoundation
import TopoNetworks

/// Evaluates trained networks under attacks. Each network is measured on images that were perturbed
/// against it; many networks are attacked side by side.
///
/// If a network misclassifies a clean image, the image counts as misclassified even if the attack
/// happens to correct it: the measures then use the logits of the clean image.
public final class AttackEvaluation: Evaluation {
  /// All attacks at all epsilons, single-step attacks first: they use the gradients that the norms
  /// in the records are computed from.
  public let tasks: [AttackTask]
  /// The networks and the images that are attacked.
  let context: EvaluationContext
  private let part: AttackPart
  private let device: any Device
  /// Largest number of networks of one architecture on the device.
  var pack = 16
  /// Largest number of images that are attacked together.
  var batch = Attacker.batch
  /// Whether the norms of the clean images' gradients are among the records of the first task.
  var measuresGradients = true

  /// Called with the attacked images of each batch (by member, dense
  /// `[image, channel, row, column]`), the index of the first image, and the indices of the models.
  public var inspect: ((AttackTask, [[Float]], _ first: Int, _ models: [Int]) throws -> Void)?

  /// The networks on the device, all of one kind.
  private var attacker: (kind: Kind, attacker: Attacker)?
  /// By model.
  private var clean: [Int: CleanOutputs] = [:]

  /// What networks that are attacked side by side must have in common.
  private struct Kind: Hashable {
    var architecture: Architecture
    var normalization: Normalization
    var capacity: Int
  }

  /// The outputs of a model for the clean images.
  private struct CleanOutputs {
    /// Dense `[image, class]`.
    var logits: [Float] = []
    /// The norm of the input gradient, by image.
    var gradientNorms: [Double] = []
  }

  /// An evaluation on the first images of the context.
  /// - Throws: `UserError` if the context has fewer images than the part asks for.
  public init(
    _ part: AttackPart, in context: EvaluationContext, on device: any Device
  ) throws {
    let count = part.count(of: context.images)
    guard count <= context.images.count else {
      throw UserError(
        "\(part.attacks.map(\.label).listed()) are to attack \(count.counted("image")), but there "
          + "are only \(context.images.count); ask for fewer")
    }
    let context = try context.first(count)
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

  public func restricted(to networks: [Int]) throws -> AttackEvaluation {
    let evaluation = try AttackEvaluation(part, in: context.restricted(to: networks), on: device)
    (evaluation.pack, evaluation.batch) = (pack, batch)
    evaluation.measuresGradients = measuresGradients
    return evaluation
  }

  public func cost(of task: AttackTask) -> Double {
    // A gradient takes about three forward passes.
    Double(3 * gradients(of: task) + 1) * Double(context.images.count)
  }

  private func gradients(of task: AttackTask) -> Int {
    task.attack.isSingleStep ? 1 : task.attack.steps
  }

  public func checkMemory() throws { _ = try packs(batch: batchSize) }

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
  /// - Returns: logits under the attack, by model of the pack, dense `[image, class]`.
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
        let outputs = try attacker.cleanOutputs()
        for member in pack.indices {
          found[member].logits += outputs.logits[member]
          found[member].gradientNorms += outputs.gradientNorms[member]
        }
      }
      advance()
      let outputs = try attacker.logits(
        under: task.attack, epsilon: task.epsilon, first: first, seed: part.seed, progress: advance)
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
    // Frees the memory of the old attacker before the new one allocates.
    attacker = nil
    let kind = Kind(
      architecture: architecture, normalization: normalization, capacity: pack.count)
    let fresh = try Attacker(
      architecture: architecture, capacity: pack.count, normalization: normalization,
      batch: size, device: device)
    attacker = (kind, fresh)
    return fresh
  }

  /// The size that divides the images into batches as evenly as possible. A short last batch would
  /// take as long as a full one.
  var batchSize: Int {
    let batches = (context.images.count + batch - 1) / batch
    return (context.images.count + batches - 1) / batches
  }

  /// Indices of the models of each pack. A pack has models of one architecture, as many as `pack`
  /// and memory allow. The packs of an architecture follow each other, larger ones first.
  /// - Throws: `DeviceError` if the device has too little memory for one network.
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

  /// The records of a task by model: the norm of the input gradient (first task only), the measures
  /// of classification at epsilon 0, which are the clean images (first task of an attack only), and
  /// those at the epsilon of the task.
  private func result(of taskIndex: Int, _ attacked: [[Float]]) -> TaskResult {
    let task = tasks[taskIndex]
    let isFirst = tasks.firstIndex { $0.attack == task.attack } == taskIndex
    let (images, dataset) = (context.images, context.dataset)
    var result = TaskResult(records: [], confusion: [])
    for (index, model) in context.models.enumerated() {
      guard let clean = clean[index] else { continue }
      if taskIndex == 0 && measuresGradients {
        let mean = Statistics.mean(clean.gradientNorms)
        result.records.append(
          model.record(
            dataset: dataset, measure: MeasureName.inputGradientNorm,
            value: MeasuredValue(mean, orUndefined: "a gradient is not finite")))
      }
      let worst = Self.worst(attacked[index], clean: clean.logits, images)
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

  /// The logits of the attacked images, except for images that are classified correctly only when
  /// they are attacked: these have the logits of the clean image.
  /// - Parameters:
  ///   - attacked: dense `[image, class]`, like `clean`.
  private static func worst(
    _ attacked: [Float], clean: [Float], _ images: ImageSet
  ) -> [Float] {
    let classes = images.classes
    var logits = attacked
    func isCorrect(_ logits: [Float], _ row: Range<Int>, _ label: Int32) -> Bool {
      let expected = logits[row.lowerBound + Int(label)]
      return row.allSatisfy {
        $0 - row.lowerBound < Int(label) ? logits[$0] < expected : logits[$0] <= expected
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
