import TopoCompute
import TopoData
import TopoFoundation
import TopoNetworks
import TopoPerturbations

/// Measures trained networks on images that were turned against them, each network on its own:
/// many networks are attacked side by side, and attacks of one step share their gradient.
///
/// An image that a network has wrong as it is stays wrong: where an attack would happen to right it,
/// the attack is not used, and the network's answer is the one to the clean image.
public struct AttackEvaluation: Sendable {
  /// The images under attack.
  public var images: ImageSet
  /// Name of the data in records.
  public var dataset: String
  /// Normalisation of the images for networks that do not know that of their training.
  public var normalization: Normalization
  /// What to do, and how much of it.
  public var selection: AttackSelection
  /// Networks of one architecture that are on the device at a time, at most.
  public var pack = 16
  /// Bytes of the device's memory that may be taken; the device's safe share by default.
  public var memoryLimit: Int?
  /// Images that are attacked at a time, at most.
  public var batch = Attacker.batch

  /// An evaluation on the first images of a set.
  /// - Throws: `UserError` where the selection asks for more images than there are.
  public init(
    images: ImageSet, dataset: String, normalization: Normalization, selection: AttackSelection
  ) throws {
    let count = selection.images ?? min(AttackSelection.defaultImages, images.count)
    self.images = try images.subset(count)
    (self.dataset, self.normalization) = (dataset, normalization)
    self.selection = selection
  }

  /// One attack at one strength.
  public struct Condition: Sendable, Hashable {
    /// The attack.
    public var attack: Attack
    /// How far it may go; above 0.
    public var epsilon: Double
  }

  /// All attacks at all strengths, those of one step first.
  public var conditions: [Condition] {
    let (fast, slow) = (
      selection.attacks.filter(\.isSingleStep), selection.attacks.filter { !$0.isSingleStep }
    )
    return (fast + slow).flatMap { attack in
      epsilons(attack).map { Condition(attack: attack, epsilon: $0) }
    }
  }

  /// What networks that are attacked side by side have in common.
  private struct Kind: Hashable {
    var architecture: Architecture
    var normalization: Normalization
  }

  private func epsilons(_ attack: Attack) -> [Double] {
    selection.epsilons ?? attack.epsilons(for: images.shape)
  }

  /// Attacks networks.
  /// - Parameters:
  ///   - models: the networks; those of one architecture are attacked together.
  ///   - progress: called with the number of gradients taken and in all.
  ///   - inspect: called with the attacked images of each batch (by member, dense
  ///     `[image, channel, row, column]`), the number of the first one, and the models' indices.
  ///   - classified: called with the right and wrong answers of each model, attack and epsilon, 0
  ///     included.
  /// - Returns: records by model: the input gradient's norm; then, by attack, the measures of
  ///   classification at epsilon 0 (the clean images) and each other one, and the area under
  ///   accuracy, whose severity is the largest epsilon.
  /// - Throws: `DeviceError`, also when a network alone needs more memory than there is;
  ///   `UserError` for a network that does not fit the images.
  public func run(
    _ models: [EvaluatedModel], device: any Device,
    progress: (_ done: Int, _ all: Int) -> Void = { _, _ in },
    inspect: ((Condition, [[Float]], _ first: Int, _ models: [Int]) throws -> Void)? = nil,
    classified: ((Attack, _ epsilon: Double, _ model: Int, ClassificationMeasures) -> Void)? = nil
  ) throws -> [Record] {
    for model in models {
      try model.network.architecture.requireFit(
        images: images.shape, classes: images.classes, of: dataset)
    }
    let conditions = conditions
    let size = batchSize
    let packs = try packs(models, batch: size, device: device)
    let gradients = conditions.reduce(1) { $0 + ($1.attack.isSingleStep ? 1 : $1.attack.steps) }
    let starts = stride(from: 0, to: images.count, by: size)
    let all = gradients * packs.count * ((images.count + size - 1) / size)
    var done = 0
    func advance() {
      done += 1
      progress(done, all)
    }
    progress(0, all)
    let values = images.images.map { ImageSet.unitValues[Int($0)] }
    var records = [[Record]](repeating: [], count: models.count)
    var attackers: [Kind: Attacker] = [:]
    for pack in packs {
      let architecture = models[pack[0]].network.architecture
      let kind = Kind(
        architecture: architecture, normalization: models[pack[0]].normalization ?? normalization)
      // Give back before taking; the first pack of a kind is its largest.
      attackers = attackers.filter { $0.key == kind }
      let attacker =
        try attackers[kind]
        ?? Attacker(
          architecture: architecture, capacity: pack.count, normalization: kind.normalization,
          batch: size, device: device)
      attackers = [kind: attacker]
      try attacker.replace(with: pack.map { models[$0].network })
      var answers = AttackAnswers(members: pack.count, conditions: conditions.count)
      for first in starts {
        let end = min(first + size, images.count)
        let pixels = first * images.shape.count..<end * images.shape.count
        try attacker.place(values[pixels], labels: images.labels[first..<end])
        answers.add(try attacker.cleanAnswers())
        advance()
        for (index, condition) in conditions.enumerated() {
          let logits = try attacker.answers(
            to: condition.attack, epsilon: condition.epsilon, first: first, seed: selection.seed,
            progress: advance)
          answers.add(logits, condition: index)
          if let inspect { try inspect(condition, try attacker.images(), first, pack) }
        }
      }
      for (place, index) in pack.enumerated() {
        records[index] = self.records(models[index], answers, member: place, conditions) {
          classified?($0, $1, index, $2)
        }
      }
    }
    return records.flatMap { $0 }
  }

  /// Batches of even size: what a last, short one leaves free would be computed all the same.
  var batchSize: Int {
    let batches = (images.count + batch - 1) / batch
    return (images.count + batches - 1) / batches
  }

  private func records(
    _ model: EvaluatedModel, _ answers: AttackAnswers, member: Int, _ conditions: [Condition],
    classified: (Attack, _ epsilon: Double, ClassificationMeasures) -> Void
  ) -> [Record] {
    func record(
      _ measure: String, _ perturbation: String, _ severity: Double, _ value: MeasuredValue
    ) -> Record {
      model.record(
        dataset: dataset, measure: measure, perturbation: perturbation, severity: severity,
        value: value)
    }
    func classification(_ logits: [Float]) -> ClassificationMeasures {
      ClassificationMeasures(logits: logits, classes: images.classes, labels: images.labels)
    }
    let norms = answers.gradientNorms[member]
    let mean = Statistics.mean(norms)
    var records = [
      record(
        MeasureName.inputGradientNorm, Record.clean, 0,
        MeasuredValue(mean, orUndefined: "a gradient is not finite"))
    ]
    let clean = classification(answers.clean[member])
    var seen: Set<Attack> = []
    for attack in conditions.map(\.attack) where seen.insert(attack).inserted {
      var curve = [(severity: 0.0, measures: clean)]
      for (index, condition) in conditions.enumerated() where condition.attack == attack {
        curve.append(
          (condition.epsilon, classification(worst(answers, condition: index, member: member))))
      }
      for point in curve {
        classified(attack, point.severity, point.measures)
        records += point.measures.named.map { record($0, attack.label, point.severity, $1) }
      }
      let accuracies = curve.compactMap { point in
        point.measures.accuracy.number.map { (point.severity, $0) }
      }
      if let last = accuracies.last, last.0 > 0 {
        records.append(
          record(
            MeasureName.areaUnderAccuracy, attack.label, last.0,
            MeasuredValue(Statistics.area(under: accuracies) / last.0)))
      }
    }
    return records
  }

  /// The answers to attacked images, and to clean ones where only the attacked image is right.
  private func worst(_ answers: AttackAnswers, condition: Int, member: Int) -> [Float] {
    let (clean, classes) = (answers.clean[member], images.classes)
    var logits = answers.attacked[condition][member]
    func isRight(_ logits: [Float], _ row: Range<Int>, _ label: Int32) -> Bool {
      let own = logits[row.lowerBound + Int(label)]
      return row.allSatisfy {
        $0 - row.lowerBound < Int(label) ? logits[$0] < own : logits[$0] <= own
      }
    }
    for (image, label) in images.labels.enumerated() {
      let row = image * classes..<(image + 1) * classes
      if isRight(logits, row, label), !isRight(clean, row, label) {
        logits.replaceSubrange(row, with: clean[row])
      }
    }
    return logits
  }
}

/// What a pack answered, batch by batch.
private struct AttackAnswers {
  /// By member: dense `[image, class]`.
  private(set) var clean: [[Float]]
  /// By condition and member: dense `[image, class]`.
  private(set) var attacked: [[[Float]]]
  /// By member: of each image.
  private(set) var gradientNorms: [[Double]]

  init(members: Int, conditions: Int) {
    clean = Array(repeating: [], count: members)
    attacked = Array(repeating: clean, count: conditions)
    gradientNorms = Array(repeating: [], count: members)
  }

  mutating func add(_ answers: Attacker.CleanAnswers) {
    for member in clean.indices {
      clean[member] += answers.logits[member]
      gradientNorms[member] += answers.gradientNorms[member]
    }
  }

  mutating func add(_ logits: [[Float]], condition: Int) {
    for member in clean.indices { attacked[condition][member] += logits[member] }
  }
}
