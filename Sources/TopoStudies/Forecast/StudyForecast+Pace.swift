import TopoCompute
import TopoData
import TopoEvaluation
import TopoFoundation
import TopoTraining

/// How long a study would take, from a measurement of a few seconds.
public struct StudyPace: Sendable, Hashable {
  /// Estimated seconds of training, on all devices.
  public var training: Double
  /// Estimated seconds of evaluation, on one device.
  public var evaluation: Double
  /// Steps that were measured.
  public var measuredSteps: Int
  /// Networks that they trained together.
  public var measuredNetworks: Int
  /// Seconds that they took.
  public var measuredSeconds: Double
  /// Training images a second, over all networks of a pack.
  public var imagesPerSecond: Double
  /// Test images a second, over all networks of a pack.
  public var evaluatedPerSecond: Double
}

extension StudyForecast {
  /// Trains the first pack for some steps and evaluates it on some clean images, and estimates the
  /// whole from that. The networks are thrown away.
  /// - Parameters:
  ///   - device: one of the devices that would train.
  ///   - seconds: how long either is measured, at least; a step of a large pack may take longer.
  /// - Returns: nil if there are fewer training images than a batch has.
  /// - Throws: `UserError`, `DeviceError`.
  public func pace(on device: any Device, seconds: Double = 2) throws -> StudyPace? {
    guard trainingImages >= plan.batch, let size = packs.first else { return nil }
    let members = Array(plan.members.prefix(size))
    var (steps, taken) = (0, 0.0)
    do {
      let trainer = try Trainer(
        configuration: training.configuration, members: members, training: training.training,
        normalization: training.normalization, device: device)
      try trainer.trainSteps(1)
      var next = 1
      repeat {
        let began = ContinuousClock.now
        try trainer.trainSteps(next)
        taken += max((ContinuousClock.now - began).seconds, 1e-9)
        steps += next
        next = min(2 * next, 4096)
      } while taken < seconds
    }
    let rate = Double(steps * plan.batch * size) / taken
    let inference = try inference(of: size, on: device, seconds: seconds)
    // Validation and the measures along training are inference.
    let ratio =
      Double(architecture.multiplyAccumulates)
      / Double(max(architecture.trainingMultiplyAccumulates, 1))
    let probes = Double(plan.epochs / plan.alongTraining.every * plan.alongTraining.images)
    let perNetwork =
      Double(plan.epochs) * (Double(trainingImages) + ratio * Double(validationImages))
      + ratio * probes
    let rounds = (packs.count + devices - 1) / devices
    return StudyPace(
      training: Double(rounds * size) * perNetwork / rate,
      evaluation: cost * Double(plan.members.count) / inference, measuredSteps: steps,
      measuredNetworks: size, measuredSeconds: taken, imagesPerSecond: rate,
      evaluatedPerSecond: inference)
  }

  /// Test images a second that a pack of so many networks is evaluated on, without the time that an
  /// evaluation of any size takes to begin: few images would make that look like work.
  private func inference(of size: Int, on device: any Device, seconds: Double) throws -> Double {
    func taken(_ count: Int) throws -> Double {
      let few = try EvaluationContext(
        models: Array(context.models.prefix(size)), images: try context.images.subset(count),
        dataset: context.dataset, normalization: context.normalization,
        memoryLimit: context.memoryLimit)
      let clean = Suite(name: "pace")
      let began = ContinuousClock.now
      _ = try clean.records(in: few, on: device)
      return (ContinuousClock.now - began).seconds
    }
    var count = min(128, context.images.count)
    var whole = try taken(count)
    while whole < seconds, count < context.images.count {
      count = min(4 * count, context.images.count)
      whole = try taken(count)
    }
    let part = max(1, count / 8)
    // The first evaluation also prepared what the second one finds.
    let start = try min(taken(part), taken(part))
    let work = min(whole, try whole < seconds ? taken(count) : whole)
    guard count > part, work > start else { return Double(count * size) / max(whole, 1e-9) }
    return Double((count - part) * size) / (work - start)
  }
}
