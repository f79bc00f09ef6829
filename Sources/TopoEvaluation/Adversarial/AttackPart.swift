import TopoFoundation
import TopoPerturbations

/// Attacks, their epsilons, and the number of images that they attack.
///
/// ```swift
/// let part = try AttackPart(
///   attacks: [Attack(.fgsm), Attack(.pgdLinf)], epsilons: [0.1, 0.3], images: 500)
/// ```
public struct AttackPart: SuitePart, Hashable {
  /// The attacks, each once.
  public var attacks: [Attack]
  /// Epsilons of all attacks, ascending, each once; nil for the defaults of each attack. Epsilon 0,
  /// the clean images, is always evaluated too.
  public var epsilons: [Double]?
  /// Number of images that are attacked, the first of the set; nil for 1,000, or all if the set has
  /// fewer.
  public var images: Int?
  /// Seed of the random starts.
  public var seed: UInt64
  /// The text that each epsilon was given as, such as `4/255`, by value; for messages and tables
  /// (`EpsilonText`).
  public var epsilonNames: [Double: String]

  /// Number of images that are attacked by default.
  public static let defaultImages = 1000

  /// A part whose values are checked.
  /// - Throws: `UserError` for an epsilon that is negative, above 1 if the norm of an attack is
  ///   Linf, or above 1,000; for a list of epsilons without one above 0; and for less than one
  ///   image.
  public init(
    attacks: [Attack], epsilons: [Double]? = nil, images: Int? = nil, seed: UInt64 = 0,
    epsilonNames: [Double: String] = [:]
  ) throws {
    for epsilon in epsilons ?? [] { try Self.check(epsilon, named: "\(epsilon)", attacks) }
    guard epsilons.map({ $0.contains { $0 > 0 } }) ?? true else { throw Self.noEpsilon }
    if let images, images < 1 {
      throw UserError("\(images) images are to be attacked: give at least 1")
    }
    var seen: Set<Attack> = []
    self.attacks = attacks.filter { seen.insert($0).inserted }
    self.epsilons = epsilons.map { Set($0).subtracting([0]).sorted() }
    self.images = images
    self.seed = seed
    self.epsilonNames = epsilonNames
  }

  /// Reads `fgsm,pgd-linf`; `all` selects all kinds, `none` or an empty text none.
  /// - Parameter orNone: whether the error may suggest `none`.
  /// - Throws: `UserError` for a name that is not one of the kinds.
  public static func attacks(_ text: String, orNone: Bool = true) throws -> [Attack] {
    let names = SelectionText.items(text)
    if names.isEmpty || names == ["none"] { return [] }
    if names == ["all"] { return Attack.Kind.allCases.map(Attack.init) }
    if let name = names.first(where: { ["all", "none"].contains($0) }) {
      throw UserError("the attack \(name) cannot be combined with others: give it alone")
    }
    return try names.map { name in
      guard let kind = Attack.Kind(rawValue: name) else {
        let valid = Attack.Kind.allCases.map(\.rawValue).joined(separator: ", ")
        throw UserError(
          "there is no attack \"\(name)\": choose from \(valid), "
            + (orNone ? "all, or none" : "or all"))
      }
      return Attack(kind)
    }
  }

  /// Reads `0.1,0.3` or `2/255,8/255`.
  /// - Throws: `UserError` for an item that is neither a number nor a fraction, or an empty list.
  public static func epsilons(_ text: String) throws -> [Double] {
    let epsilons = try SelectionText.items(text).map { item in
      let parts = item.split(separator: "/", omittingEmptySubsequences: false).map {
        SelectionText.items(String($0)).first.flatMap { DecimalText.number($0) }
      }
      guard (1...2).contains(parts.count), let top = parts[0], let bottom = parts.last ?? nil,
        parts.count == 1 || bottom != 0
      else {
        throw UserError(
          "the epsilon \"\(item)\" is not a number: give numbers or fractions, such as 0.1,8/255")
      }
      return parts.count == 1 ? top : top / bottom
    }
    guard !epsilons.isEmpty else { throw noEpsilon }
    return epsilons
  }

  private static var noEpsilon: UserError {
    UserError("no epsilon above 0 is given: give at least one, such as 0.1 or 8/255")
  }

  /// The largest Euclidean distance between two images of a million values in [0, 1].
  private static let largest = 1000.0

  private static func check(_ epsilon: Double, named name: String, _ attacks: [Attack]) throws {
    guard epsilon.isFinite, epsilon >= 0 else {
      throw UserError("the epsilon \(name) is out of range: epsilons are 0 or more")
    }
    guard epsilon <= largest else {
      throw UserError(
        "the epsilon \(name) is out of range: epsilons are \(Int(largest)) or less")
    }
    if epsilon > 1, let attack = attacks.first(where: { $0.norm == .linf }) {
      throw UserError(
        "the epsilon \(name) is out of range: those of \(attack.kind.rawValue) go from 0 to 1, as "
          + "pixels do")
    }
  }
}
