import TopoFoundation
import TopoTraining

/// How far the networks of a condition are, with their last figures. Means are over the networks
/// that have the figure, each at its last finished epoch.
public struct ConditionStatus: Sendable, Hashable, Codable {
  /// Label of the condition.
  public var condition: String
  /// Number of networks.
  public var networks: Int
  /// Those with a model.
  public var trained: Int
  /// Those that stopped because their loss was not finite.
  public var stopped: Int
  /// Trained ones that had learned nothing after their last epoch.
  public var dead: Int
  /// Finished epochs of the network with the fewest, and of that with the most.
  public var fewestEpochs: Int
  public var mostEpochs: Int
  /// Mean cross-entropy of training; nil before the first epoch.
  public var crossEntropy: Double?
  /// Mean penalty times lambda.
  public var weightedPenalty: Double?
  /// Mean accuracy on the training images, 0 to 1.
  public var trainingAccuracy: Double?
  /// Mean accuracy on the validation images, 0 to 1.
  public var validationAccuracy: Double?
  /// Mean Moran's I of responses before ReLU, by the last epoch that it was measured after.
  public var moransI: Double?

  /// The status of networks of one condition.
  init(_ label: String, _ networks: [NetworkStatus], epochs: Int) {
    condition = label
    self.networks = networks.count
    stopped = networks.count { $0.isStopped }
    let isTrained = { (network: NetworkStatus) in network.epochs == epochs && !network.isStopped }
    trained = networks.count(where: isTrained)
    // Before that they may still learn.
    dead = networks.count { isTrained($0) && $0.last?.state?.isDead == true }
    fewestEpochs = networks.map(\.epochs).min() ?? 0
    mostEpochs = networks.map(\.epochs).max() ?? 0
    let last = networks.compactMap(\.last)
    func mean(_ value: (EpochReport) -> Double?) -> Double? {
      let values = last.compactMap(value).filter(\.isFinite)
      return values.isEmpty ? nil : Statistics.mean(values)
    }
    crossEntropy = mean { $0.crossEntropy }
    weightedPenalty = mean { $0.member.condition.lambda * $0.penalty }
    trainingAccuracy = mean { $0.trainingAccuracy }
    validationAccuracy = mean { $0.validationAccuracy }
    let order = networks.compactMap(\.moransI)
    moransI = order.isEmpty ? nil : Statistics.mean(order)
  }
}

/// How far a network is.
struct NetworkStatus {
  var member: Member
  var epochs: Int
  var isStopped: Bool
  /// Its last report.
  var last: EpochReport?
  /// The last Moran's I that was measured and is defined.
  var moransI: Double?
}
