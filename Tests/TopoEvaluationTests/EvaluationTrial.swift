import TopoCompute
import TopoData
import TopoNetworks

@testable import TopoEvaluation

/// One part of a suite, evaluated with settings that suites leave at their defaults.
struct EvaluationTrial<Part: SuitePart> {
  var part: Part
  var images: ImageSet
  var normalization: Normalization
  var pack: Int?
  var batch: Int?
  var memoryLimit: Int?
  var selectivityImages: ImageSet?

  init(_ part: Part, on images: ImageSet, normalization: Normalization? = nil) {
    (self.part, self.images) = (part, images)
    self.normalization = normalization ?? Normalization(of: images)
  }

  func context(_ models: [EvaluatedModel]) throws -> EvaluationContext {
    try EvaluationContext(
      models: models, images: images, dataset: "noise", normalization: normalization,
      memoryLimit: memoryLimit)
  }

  /// Records by model: of all tasks, then what follows.
  func run(_ models: [EvaluatedModel], device: any Device) throws -> [Record] {
    let context = try context(models)
    var records = [[Record]](repeating: [], count: models.count)
    for evaluation in try evaluations(context, device) {
      try evaluation.measure(Array(0..<evaluation.titles.count), progress: { _ in }) { _, result in
        for (index, model) in models.enumerated() {
          records[index] += result.records.filter { $0.network == model.identity }
        }
      }
    }
    records = records.map(NetworkStates.marked)
    for derived in Part.derived(from: records.flatMap { $0 }) {
      if let index = models.firstIndex(where: { $0.identity == derived.network }) {
        records[index].append(derived)
      }
    }
    return NetworkStates.marked(records.flatMap { $0 })
  }

  private func evaluations(
    _ context: EvaluationContext, _ device: any Device
  ) throws -> [any Evaluation] {
    switch part {
    case let part as WeightPart: [try weights(part, context, device)]
    case let part as AttackPart: [try attack(part, context, device)]
    default: try Part.evaluations(of: [part], in: context, on: device)
    }
  }

  private func weights(
    _ part: WeightPart, _ context: EvaluationContext, _ device: any Device
  ) throws -> WeightEvaluation {
    let evaluation = try WeightEvaluation(
      part, in: context, on: device, selectivityImages: selectivityImages)
    if let pack { evaluation.pack = pack }
    return evaluation
  }

  private func attack(
    _ part: AttackPart, _ context: EvaluationContext, _ device: any Device
  ) throws -> AttackEvaluation {
    let evaluation = try AttackEvaluation(part, in: context, on: device)
    if let pack { evaluation.pack = pack }
    if let batch { evaluation.batch = batch }
    return evaluation
  }
}

extension EvaluationTrial<WeightPart> {
  func prepare(_ models: [EvaluatedModel], device: any Device) throws -> WeightEvaluation {
    try weights(part, context(models), device)
  }
}

extension EvaluationTrial<AttackPart> {
  func prepare(_ models: [EvaluatedModel], device: any Device) throws -> AttackEvaluation {
    try attack(part, context(models), device)
  }

  /// Runs all tasks, and shows the attacked images.
  func run(
    _ models: [EvaluatedModel], device: any Device,
    inspect: @escaping (AttackTask, [[Float]], _ first: Int, _ models: [Int]) throws -> Void
  ) throws -> [Record] {
    let evaluation = try prepare(models, device: device)
    evaluation.inspect = inspect
    var records: [Record] = []
    try evaluation.measure(Array(evaluation.tasks.indices)) { records += $1.records }
    return records
  }
}

extension EvaluationTrial<ImagePart> {
  /// Clean images.
  static func clean(_ images: ImageSet, normalization: Normalization? = nil) -> Self {
    EvaluationTrial(ImagePart(), on: images, normalization: normalization)
  }
}
