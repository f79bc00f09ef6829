import TopoFoundation
import TopoPerturbations

/// Attacks with their epsilons, and on how many images.
public struct AttackPart: SuitePart, Hashable {
  /// The attacks, each once.
  public var attacks: [Attack]
  /// Epsilons of all attacks, ascending, each once; nil for each attack's own. 0, the images as
  /// they are, is always evaluated too.
  public var epsilons: [Double]?
  /// The first so many images; nil for 1,000, or all where there are fewer.
  public var images: Int?
  /// Seed of the random starts.
  public var seed: UInt64
  /// Epsilons as they were given, such as `4/255`, by value: for people (`EpsilonText`).
  public var epsilonNames: [Double: String]

  /// Images that are attacked where nothing else is asked for.
  public static let defaultImages = 1000

  /// A checked part.
  /// - Throws: `UserError` for an epsilon that is negative, above 1 where an attack's norm is
  ///   Linf, or above 1,000; a list of epsilons without one above 0; or less than one image.
  public init(
    attacks: [Attack], epsilons: [Double]? = nil, images: Int? = nil, seed: UInt64 = 0,
    epsilonNames: [Double: String] = [:]
  ) throws {
    for epsilon in epsilons ?? [] { try Self.check(epsilon, named: "\(epsilon)", attacks) }
    guard epsilons.map({ $0.contains { $0 > 0 } }) ?? true else { throw Self.noEpsilon }
    if let images, images < 1 {
      throw UserError("\(images) images were asked to be attacked: ask for at least 1")
    }
    var seen: Set<Attack> = []
    self.attacks = attacks.filter { seen.insert($0).inserted }
    self.epsilons = epsilons.map { Set($0).subtracting([0]).sorted() }
    self.images = images
    self.seed = seed
    self.epsilonNames = epsilonNames
  }

  /// Reads `fgsm,pgd-linf`; `all` selects all kinds, `none` or an empty text none.
  /// - Parameter orNone: whether the error may offer `none`.
  /// - Throws: `UserError` for a name that is not one of the kinds.
  public static func attacks(_ text: String, orNone: Bool = true) throws -> [Attack] {
    let names = SelectionText.items(text)
    if names.isEmpty || names == ["none"] { return [] }
    if names == ["all"] { return Attack.Kind.allCases.map(Attack.init) }
    if let name = names.first(where: { ["all", "none"].contains($0) }) {
      throw UserError("the attack \(name) stands for \(name) of them: name it alone")
    }
    return try names.map { name in
      guard let kind = Attack.Kind(rawValue: name) else {
        let valid = Attack.Kind.allCases.map(\.rawValue).joined(separator: ", ")
        throw UserError(
          "there is no attack '\(name)': choose from \(valid), \(orNone ? "all, or none" : "or all")"
        )
      }
      return Attack(kind)
    }
  }

  /// Reads `0.1,0.3` or `2/255,8/255`.
  /// - Throws: `UserError` for what is not a number or a fraction of numbers, or an empty list.
  public static func epsilons(_ text: String) throws -> [Double] {
    let epsilons = try SelectionText.items(text).map { item in
      let parts = item.split(separator: "/", omittingEmptySubsequences: false).map {
        SelectionText.items(String($0)).first.flatMap { DecimalText.number($0) }
      }
      guard (1...2).contains(parts.count), let top = parts[0], let bottom = parts.last ?? nil,
        parts.count == 1 || bottom != 0
      else {
        throw UserError(
          "the epsilon '\(item)' is not a number: give numbers or fractions, such as 0.1,8/255")
      }
      return parts.count == 1 ? top : top / bottom
    }
    guard !epsilons.isEmpty else { throw noEpsilon }
    return epsilons
  }

  private static var noEpsilon: UserError {
    UserError("no epsilon above 0 is given: give at least one, such as 0.1 or 8/255")
  }

  /// Images of a million values in [0, 1] are no further apart.
  private static let largest = 1000.0

  private static func check(_ epsilon: Double, named name: String, _ attacks: [Attack]) throws {
    guard epsilon.isFinite, epsilon >= 0 else {
      throw UserError("the epsilon \(name) is out of range: epsilons are 0 or more")
    }
    guard epsilon <= largest else {
      throw UserError(
        "the epsilon \(name) is out of range: no two images are further apart than \(Int(largest))"
      )
    }
    if epsilon > 1, let attack = attacks.first(where: { $0.norm == .linf }) {
      throw UserError(
        "the epsilon \(name) is out of range: those of \(attack.kind.rawValue) go from 0 to 1, as "
          + "the images' values do")
    }
  }
}
