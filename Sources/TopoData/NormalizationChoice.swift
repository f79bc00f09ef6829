import TopoFoundation

/// Which constants normalize the images that networks are shown.
public enum NormalizationChoice: Sendable, Hashable, CustomStringConvertible {
  /// Those of each network's training where the network knows them, else those of the data set that
  /// is shown.
  case automatic
  /// Those of each network's training.
  case training
  /// Those of the data set that is shown.
  case data
  /// Those of the paper's published code: on CIFAR-10 its test images are divided by other
  /// standard deviations (.2023, .1994, .2010) than its training images (.2470, .2435, .2616), so that
  /// networks see more contrast in testing. Other images have none.
  case asPublished
  /// These.
  case constants(Normalization)

  /// What a choice may be called, for help and errors.
  public static let words = ["training", "data", "as-published"]

  /// Reads `training`, `data`, `as-published`, or numbers with commas: the means of all channels,
  /// then their standard deviations. `matched` is what `automatic` was once called.
  /// - Throws: `UserError`.
  public init(_ text: String) throws {
    switch text {
    case "auto", "matched": self = .automatic
    case "training": self = .training
    case "data": self = .data
    case "as-published": self = .asPublished
    default:
      let parts = text.split(separator: ",", omittingEmptySubsequences: false)
      let numbers = parts.compactMap { part in
        let item = SelectionText.trimmed(part)
        return DecimalText.number(item) == nil ? nil : Float(item)
      }
      guard numbers.count == parts.count, !numbers.isEmpty, numbers.count.isMultiple(of: 2) else {
        throw UserError(
          "the normalization \"\(text)\" is none of \(Self.words.joined(separator: ", ")), nor as "
            + "many means as standard deviations with commas; write 0.1307,0.3081 for gray images, "
            + "and six numbers for images in color")
      }
      let normalization = Normalization(
        mean: Array(numbers[..<(numbers.count / 2)]),
        standardDeviation: Array(numbers[(numbers.count / 2)...]))
      guard normalization.isPossible else {
        throw UserError(
          "the normalization \"\(text)\" has a standard deviation that is not above 0, or a number "
            + "that is not finite; write the means of all channels, then their standard deviations")
      }
      self = .constants(normalization)
    }
  }

  /// What `init` reads.
  public var description: String {
    switch self {
    case .automatic: "auto"
    case .training: "training"
    case .data: "data"
    case .asPublished: "as-published"
    case .constants(let normalization):
      (normalization.mean + normalization.standardDeviation).map { "\($0)" }.joined(separator: ",")
    }
  }
}

extension NormalizationChoice {
  /// The constants that normalize images for a network.
  /// - Parameters:
  ///   - own: those of the network's training, if they are known.
  ///   - data: those of the data set.
  ///   - shape: of the images.
  ///   - isTest: whether the test images are shown; published code differs for these.
  ///   - name: the data set's name.
  ///   - network: the network's name, for errors.
  /// - Throws: `UserError` if the choice is not possible; what `data` throws.
  func constants(
    own: Normalization?, data: () throws -> Normalization, shape: ImageShape, isTest: Bool,
    of name: String, network: String
  ) throws -> Normalization {
    switch self {
    case .automatic: return try own ?? data()
    case .training:
      guard let own else {
        throw UserError(
          "\(network): does not say how its training images were normalized; give the constants "
            + "with --normalization, or --normalization data")
      }
      return own
    case .data: return try data()
    case .asPublished:
      guard isTest, name == KnownDataset.cifar10.rawValue, shape.channels == 3 else {
        throw UserError(
          "the normalization as-published differs from the usual one for the test images of CIFAR-10 "
            + "only, and these are \(isTest ? "" : "the training images of ")\(name); leave it out")
      }
      return Normalization(mean: try data().mean, standardDeviation: [0.2023, 0.1994, 0.2010])
    case .constants(let constants):
      guard constants.mean.count == shape.channels else {
        throw UserError(
          "the normalization has \(constants.mean.count) means, but the images of \(name) have "
            + "\(shape.channels) \(shape.channels == 1 ? "channel" : "channels"); give as many means "
            + "and standard deviations")
      }
      return constants
    }
  }
}

extension Dataset {
  /// The constants that normalize this data set's test images for a network.
  /// - Parameters:
  ///   - own: those of the network's training, if they are known.
  ///   - network: the network's name, for errors.
  /// - Throws: `UserError` if the choice is not possible.
  public func normalization(
    _ choice: NormalizationChoice, own: Normalization?, network: String
  ) throws -> Normalization {
    try choice.constants(
      own: own, data: { normalization }, shape: shape, isTest: true, of: name, network: network)
  }
}
