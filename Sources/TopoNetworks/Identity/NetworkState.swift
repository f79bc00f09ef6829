/// Whether a network learned anything.
///
/// A dead network looks like a robust one: perturbations do not change its outputs. Therefore its
/// rows are marked, and means leave it out.
public enum NetworkState: String, Sendable, Hashable, Codable, CaseIterable {
  /// None of the states below.
  case ok
  /// No unit of the sheet is above 0 for any image: nothing passes the ReLU after it.
  case silent
  /// All units respond almost equally, or each responds almost equally to all images, and the
  /// network is not silent.
  case collapsed
  /// Accuracy does not differ significantly from that of always choosing the most frequent class.
  case atChance = "at-chance"
  /// The network was not evaluated on clean images.
  case unknown

  /// Whether it is silent, collapsed or at chance.
  public var isDead: Bool { self == .silent || self == .collapsed || self == .atChance }

  /// Why a measure that compares a dead network with others has no value.
  public var reason: String {
    switch self {
    case .silent: "the network is silent"
    case .collapsed: "the network is collapsed"
    case .atChance: "the network is at chance"
    case .ok, .unknown: ""
    }
  }

  /// The state that follows from measures: the first that applies of silent, collapsed and at
  /// chance.
  /// - Parameters:
  ///   - activity: of the sheet over the clean images; nil if it was not measured.
  ///   - accuracy: on these images.
  ///   - bound: the accuracy of chance, see `chanceBound`; nil if there are too few images.
  public init(activity: SheetActivity.Summary?, accuracy: Double?, bound: Double?) {
    guard activity != nil || accuracy != nil else {
      self = .unknown
      return
    }
    if let activity, activity.isSilent {
      self = .silent
    } else if let activity, activity.isCollapsed {
      self = .collapsed
    } else if let accuracy, let bound, accuracy <= bound {
      self = .atChance
    } else {
      self = .ok
    }
  }

  /// With fewer images there is no bound.
  public static let fewestImages = 100

  /// The accuracy up to which a network does not differ significantly from one that always chooses
  /// the most frequent class: the share `p` of that class plus 2.576 standard errors,
  /// `sqrt(p (1 - p) / n)` (the upper end of the 99 % interval of a binomial share). A silent
  /// network chooses one class, which may be more frequent than one in `classes`: 11.35 % of
  /// MNIST's test images are ones.
  /// - Parameter counts: images of each class.
  /// - Returns: nil for fewer than `fewestImages` images.
  public static func chanceBound(_ counts: [Int]) -> Double? {
    let images = counts.reduce(0, +)
    guard images >= fewestImages, let most = counts.max() else { return nil }
    let share = Double(most) / Double(images)
    return min(1, share + 2.576 * (share * (1 - share) / Double(images)).squareRoot())
  }
}
