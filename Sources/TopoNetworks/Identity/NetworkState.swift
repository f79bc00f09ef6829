/// Whether a network learned anything that its measures could be about.
///
/// A dead network passes for a robust one: it answers alike whatever is done to its images. So its
/// rows are marked, and it is kept out of means.
public enum NetworkState: String, Sendable, Hashable, Codable, CaseIterable {
  /// None of the below was found.
  case ok
  /// No unit of the sheet is above 0 for any image, so that nothing passes the ReLU after it.
  case silent
  /// The units respond all but alike, or each all but alike to all images, though not silently.
  case collapsed
  /// Accuracy cannot be told from that of always giving the most frequent class.
  case atChance = "at-chance"
  /// The network was not shown the images as they are.
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

  /// The state that follows from what was measured; the first that applies of silent, collapsed and
  /// at chance.
  /// - Parameters:
  ///   - activity: of the sheet over the images as they are; nil where it was not measured.
  ///   - accuracy: on these images.
  ///   - bound: what accuracy must exceed, see `chanceBound`; nil where there are too few images.
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

  /// Fewer images than this say nothing about chance.
  public static let fewestImages = 100

  /// The accuracy up to which a network cannot be told from one that always gives the most frequent
  /// class: the share `p` of that class plus 2.576 standard errors, `sqrt(p (1 - p) / n)` (the upper
  /// end of the 99 % interval of a binomial share). A silent network gives one class, which may be
  /// more frequent than one in `classes`: 11.35 % of MNIST's test images are ones.
  /// - Parameter counts: images of each class.
  /// - Returns: nil for fewer than `fewestImages` images.
  public static func chanceBound(_ counts: [Int]) -> Double? {
    let images = counts.reduce(0, +)
    guard images >= fewestImages, let most = counts.max() else { return nil }
    let share = Double(most) / Double(images)
    return min(1, share + 2.576 * (share * (1 - share) / Double(images)).squareRoot())
  }
}
