import TopoCompute
import TopoData
import TopoEvaluation
import TopoFoundation
import TopoNetworks
import TopoStatistics
import TopoTraining

/// What a plan takes and what it can find, before anything runs.
///
/// ```swift
/// let forecast = try StudyForecast(plan, dataset: dataset, devices: [device])
/// print(forecast.stepsPerNetwork, forecast.packs, forecast.power?.smallestEffect ?? .nan)
/// let seconds = try forecast.pace(on: device)
/// print(seconds.training, seconds.evaluation)
/// ```
public struct StudyForecast {
  /// The plan.
  public let plan: Plan
  /// The networks.
  public let architecture: Architecture
  /// Images that a network trains on in an epoch.
  public let trainingImages: Int
  /// Images that a network is validated on after an epoch.
  public let validationImages: Int
  /// Number of networks in each pack, in the order of training.
  public let packs: [Int]
  /// Bytes that a single pack of all networks would take on one device.
  public let wholeBytes: Int
  /// The suite.
  public let suite: Suite
  /// The perturbations and analyses of the suite, after the clean images.
  public let items: [SuiteItem]
  /// Test images that are evaluated.
  public let testImages: Int
  /// Tasks of the evaluation, clean images included.
  public let tasks: Int
  /// The cost of all tasks, in images that go through one network.
  let cost: Double

  let training: TrainingRun
  let context: EvaluationContext
  let devices: Int

  /// Examines a plan.
  /// - Parameters:
  ///   - dataset: the data of the plan.
  ///   - devices: the devices that would train, of one model.
  ///   - memoryLimit: bytes that may be used of each device's memory; nil for a safe share.
  /// - Throws: what running the plan would throw before it trains: `UserError`, `DeviceError`.
  public init(
    _ plan: Plan, dataset: Dataset, devices: [any Device], memoryLimit: Int? = nil
  ) throws {
    self.plan = plan
    var training = try plan.trainingRun(dataset)
    training.memoryLimit = memoryLimit
    self.training = training
    architecture = training.configuration.architecture
    self.devices = devices.count
    trainingImages = TrainingSplit.trainingCount(
      of: training.training.count, fraction: plan.trainingFraction)
    validationImages = training.training.count - trainingImages
    let divided = try training.packs(
      StudyProgress(members: plan.members), devices: devices)
    (packs, wholeBytes) = (divided.packs.map(\.indices.count), divided.whole)

    suite = try plan.evaluation.suite(for: dataset.test, named: plan.name)
      .fitted(networks: plan.members.map { $0.condition.label })
    try plan.evaluation.sources.checkUse(in: suite)
    let images = try suite.subset.map { try dataset.test.subset($0) } ?? dataset.test
    (items, testImages) = (suite.items(on: images), images.count)
    // The values of networks do not matter to costs: all are the same.
    let network = Initialization.pytorchDefault(architecture, seed: 0)
    context = try EvaluationContext(
      models: plan.members.map {
        EvaluatedModel(penalty: $0.condition, seed: $0.seed, trainedOn: nil, network: network)
      }, images: images, dataset: dataset.name, normalization: dataset.normalization,
      memoryLimit: memoryLimit)
    var (tasks, cost) = (0, 0.0)
    if let device = devices.first {
      for evaluation in try suite.evaluations(in: context, on: device.measuring()) {
        (tasks, cost) = (tasks + evaluation.taskKeys.count, cost + evaluation.cost)
      }
    }
    (self.tasks, self.cost) = (tasks, cost)
  }

  /// Steps that a network trains.
  public var stepsPerNetwork: Int {
    plan.epochs * ((trainingImages + plan.batch - 1) / plan.batch)
  }

  /// Images that all networks train on, each as often as a network sees it.
  public var trainedImages: Int { plan.epochs * trainingImages * plan.members.count }

  /// What comparisons with control can find; nil without control, or without another condition.
  public var power: ComparisonPower? {
    let others = plan.conditions.count { $0.kind != .control }
    guard others > 0, others < plan.conditions.count else { return nil }
    return ComparisonPower(pairs: plan.seeds.seeds.count, comparisons: others)
  }
}

extension Evaluation {
  /// The cost of all tasks, in images that go through one network.
  fileprivate var cost: Double { tasks.reduce(0) { $0 + cost(of: $1) } }
}
