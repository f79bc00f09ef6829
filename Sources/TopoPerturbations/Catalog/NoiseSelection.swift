import TopoFoundation

/// Noises, levels and draws to evaluate under.
public struct NoiseSelection: Sendable, Hashable, Codable {
  /// The noises, each once.
  public var noises: [Noise]
  /// Levels in [0, 1], ascending, each once.
  public var levels: [Double]
  /// Draws of each noise at each level.
  public var draws: Int
  /// Seed of all noise.
  public var seed: UInt64

  /// More draws than any mean needs: a larger number is a typing error.
  package static let mostDraws = 10_000

  /// A checked selection.
  /// - Throws: `UserError` for a level outside [0, 1], noises without levels, or a number of
  ///   draws that is not from 1 to 10,000.
  public init(
    noises: [Noise], levels: [Double] = Noise.publishedLevels, draws: Int = Noise.defaultDraws,
    seed: UInt64 = 0
  ) throws {
    for level in levels { try NoiseSelection.check(level, named: "\(level)") }
    guard noises.isEmpty || !levels.isEmpty else {
      throw UserError("no noise level is given: give at least one number from 0 to 1")
    }
    guard draws > 0 else {
      throw UserError("the number of noise draws is \(draws), but it must be at least 1")
    }
    guard draws <= Self.mostDraws else {
      throw UserError(
        "the number of noise draws is \(draws), but it must be at most \(Self.mostDraws)")
    }
    var seen: Set<Noise> = []
    self.noises = noises.filter { seen.insert($0).inserted }
    self.levels = Set(levels.map { $0 == 0 ? 0 : $0 }).sorted()
    self.draws = draws
    self.seed = seed
  }

  /// Reads `white,pink,salt-pepper`; `none` or an empty text selects no noise.
  /// - Throws: `UserError` for a name that is not one of the kinds.
  public static func noises(_ text: String) throws -> [Noise] {
    let names = SelectionText.items(text)
    if names.isEmpty || names == ["none"] { return [] }
    guard !names.contains("none") else {
      throw UserError("the noise none stands for no noise: name it alone")
    }
    return try names.map { name in
      guard let noise = PerturbationCatalog.noises.first(where: { $0.label == name }) else {
        let valid = PerturbationCatalog.noises.map(\.label).joined(separator: ", ")
        throw UserError("there is no noise \"\(name)\": choose from \(valid), or none")
      }
      return noise
    }
  }

  /// Reads `0.01,0.05,0.1`.
  /// - Throws: `UserError` for what is not a number in [0, 1], or an empty list.
  public static func levels(_ text: String) throws -> [Double] {
    let levels = try SelectionText.items(text).map { item in
      guard let level = DecimalText.number(item) else {
        throw UserError(
          "the noise level \"\(item)\" is not a number: give numbers from 0 to 1, such as 0.01,0.1")
      }
      try check(level, named: item)
      return level
    }
    guard !levels.isEmpty else {
      throw UserError("no noise level is given: give at least one number from 0 to 1")
    }
    return levels
  }

  private static func check(_ level: Double, named name: String) throws {
    guard level.isFinite, level >= 0, level <= 1 else {
      throw UserError("the noise level \(name) is out of range: levels go from 0 to 1")
    }
  }
}

extension NoiseSelection {
  /// Each noise at all levels.
  public var sweeps: [PerturbationSweep] {
    noises.map { PerturbationSweep(unchecked: $0, severities: levels, draws: draws, seed: seed) }
  }
}
