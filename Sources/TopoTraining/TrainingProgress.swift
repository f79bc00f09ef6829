import TopoNetworks

/// The progress of a population within an epoch.
public struct TrainingProgress: Sendable {
  /// Epoch, counted from 1.
  public var epoch: Int
  /// Number of epochs.
  public var epochs: Int
  /// Steps done in this epoch.
  public var step: Int
  /// Steps of an epoch.
  public var steps: Int
  /// Images per second, of all members together, since the epoch began.
  public var imagesPerSecond: Double
  /// Mean cross-entropy since the epoch began, over the members still in training.
  public var crossEntropy: Double
  /// Mean of lambda times the penalty since the epoch began, over the members still in training.
  public var penalty: Double
  /// Seconds until the last epoch is done, at this pace.
  public var secondsLeft: Double
  /// The members still in training, in the population's order.
  public var members: [MemberProgress] = []
}

/// The progress of one member within an epoch.
public struct MemberProgress: Sendable, Hashable {
  /// The member.
  public var member: Member
  /// Mean cross-entropy since the epoch began.
  public var crossEntropy: Double
  /// Mean of lambda times the penalty since the epoch began.
  public var penalty: Double
  /// Accuracy on the training images since the epoch began, as they were trained on (with dropout).
  public var trainingAccuracy: Double

  /// The progress of a member.
  public init(
    member: Member, crossEntropy: Double, penalty: Double, trainingAccuracy: Double
  ) {
    self.member = member
    self.crossEntropy = crossEntropy
    self.penalty = penalty
    self.trainingAccuracy = trainingAccuracy
  }
}

/// The results of an epoch for one member.
public struct EpochReport: Sendable, Hashable, Codable {
  /// The member.
  public var member: Member
  /// Epoch, counted from 1.
  public var epoch: Int
  /// Mean cross-entropy over the training images, as they were trained on (with dropout).
  public var crossEntropy: Double
  /// Mean over the steps of the penalty without lambda; 0 for control.
  public var penalty: Double
  /// Accuracy on the training images, as they were trained on (with dropout).
  public var trainingAccuracy: Double
  /// Mean cross-entropy over the validation images; nil if there are none.
  public var validationCrossEntropy: Double?
  /// Accuracy on the validation images; nil if there are none.
  public var validationAccuracy: Double?
  /// Whether the member learned anything, by the validation images; nil if there are none.
  public var state: NetworkState?
  /// What was measured of the sheet after the epoch; nil if nothing was.
  public var measures: SheetMeasures?
}

/// A member that left training because its loss was not finite.
public struct StoppedMember: Sendable, Hashable, Codable {
  /// The member.
  public var member: Member
  /// Epoch in which it stopped, counted from 1.
  public var epoch: Int
  /// The last cross-entropy and penalty seen, as text: they may not be finite.
  public var loss: String

  /// One sentence for people.
  public var sentence: String {
    "\(member.path) stopped in epoch \(epoch): its loss is not finite (\(loss)); the other members "
      + "continue, and it leaves no model. Try a smaller lambda or learning rate."
  }
}
