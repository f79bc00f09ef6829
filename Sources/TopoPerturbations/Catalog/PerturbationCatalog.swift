import TopoFoundation

/// All image perturbations by name.
///
/// ```swift
/// let fog = try PerturbationCatalog().named("corruption/fog")
/// let foggy = try fog.apply(to: test.images, shape: test.shape, severity: 3)
/// ```
public struct PerturbationCatalog: Sendable {
  /// In the order of lists: noises, then family by family.
  public let perturbations: [any ImagePerturbation]

  /// A catalog.
  /// - Parameters:
  ///   - folder: published files; they take the place of what is computed under the same label, and
  ///     add what cannot be computed.
  ///   - frost: photographs, without which frost is not computed.
  public init(folder: CorruptionFolder? = nil, frost: FrostPhotographs? = nil) {
    var all: [any ImagePerturbation] = Self.noises
    all += Corruption.main(frost: frost)
    all += Corruption.extra
    all += Corruption.mnist(frost: frost)
    all += MNISTCorruption.all
    for recorded in folder?.perturbations ?? [] {
      if let index = all.firstIndex(where: { $0.label == recorded.label }) {
        all[index] = recorded
      } else {
        all.append(recorded)
      }
    }
    perturbations = all
  }

  /// Some perturbations, in the order of lists.
  package init(_ perturbations: [any ImagePerturbation]) { self.perturbations = perturbations }

  /// The published noises, then those whose definition is the usual one.
  static let noises: [Noise] = [
    Noise(.white), Noise(.pink), Noise(.saltAndPepper), Noise(.pink, spectrum: .pink),
    Noise(.saltAndPepper, withReplacement: false),
  ]

  /// Those that can perturb images of a shape.
  public func images(for shape: ImageShape) -> [any ImagePerturbation] {
    perturbations.filter { perturbation in
      perturbation.severities.contains {
        (try? perturbation.check(severity: $0, shape: shape)) != nil
      }
    }
  }

  /// The perturbation of that name. Underscores, as names of Python functions have them, are taken
  /// for hyphens.
  /// - Throws: `UserError` that lists the names.
  public func named(_ name: String) throws -> any ImagePerturbation {
    let spelling = Self.spelling(name)
    guard let found = perturbations.first(where: { $0.label == spelling }) else {
      throw unknown(name)
    }
    return found
  }

  /// Reads `white,corruption/fog,mnist-c`: names with commas; that of a family stands for all of the
  /// family that can perturb the images. Each is taken once.
  /// - Throws: `UserError` for a name that is not known, an empty list, or a family of which
  ///   nothing is for images of this shape.
  public func selection(_ text: String, for shape: ImageShape) throws -> [any ImagePerturbation] {
    var selected: [any ImagePerturbation] = []
    for name in SelectionText.items(text).map(Self.spelling) {
      let family = perturbations.filter { Self.family($0.label) == name }
      let found =
        family.isEmpty
        ? [try named(name)]
        : images(for: shape).filter {
          Self.family($0.label) == name
        }
      guard let first = family.first ?? found.first else { throw unknown(name) }
      if found.isEmpty { try first.check(severity: first.severities[0], shape: shape) }
      for perturbation in found
      where !selected.contains(where: { $0.label == perturbation.label }) {
        selected.append(perturbation)
      }
    }
    guard !selected.isEmpty else {
      throw UserError("no perturbation is named: give names with commas, such as \(example)")
    }
    return selected
  }

  /// `mnist-c` of `mnist-c/shear`; nil for a name without a family.
  public static func family(_ label: String) -> String? {
    label.firstIndex(of: "/").map { String(label[..<$0]) }
  }

  /// All names without a family and the first name of each family, then how many more each has.
  private var examples: String {
    let labels = perturbations.map(\.label)
    var families: [String: Int] = [:]
    var names: [String] = []
    var more: [String] = []
    for label in labels {
      guard let family = Self.family(label) else {
        names.append(label)
        continue
      }
      families[family, default: 0] += 1
    }
    for label in labels {
      guard let family = Self.family(label), let count = families.removeValue(forKey: family)
      else { continue }
      names.append(label)
      if count > 1 { more.append("\(count - 1) more with the prefix \(family)/") }
    }
    return names.joined(separator: ", ") + (more.isEmpty ? "" : "; " + more.listed())
  }

  private var example: String {
    perturbations.prefix(2).map(\.label).joined(separator: ",")
  }

  private static func spelling(_ name: String) -> String {
    String(name.filter { $0 != " " }.map { $0 == "_" ? "-" : $0 })
  }

  /// With the names of the family that was meant; otherwise with examples of all families, whose names
  /// are too many for a sentence.
  private func unknown(_ name: String) -> UserError {
    if Self.spelling(name).hasSuffix("/\(Corruption.Kind.frost.rawValue)") {
      return UserError(
        "the perturbation \"\(name)\" needs photographs of frost: add --frost with a folder of them"
      )
    }
    let meant = perturbations.map(\.label).filter { $0.hasSuffix("/" + Self.spelling(name)) }
    if !meant.isEmpty {
      return UserError(
        "there is no perturbation \"\(name)\": write \(meant.listed("or"))")
    }
    let family = Self.family(Self.spelling(name))
    let own = perturbations.filter { family != nil && Self.family($0.label) == family }
    let valid =
      own.isEmpty && perturbations.count > 12
      ? examples : (own.isEmpty ? perturbations : own).map(\.label).joined(separator: ", ")
    return UserError("there is no perturbation \"\(name)\": choose from \(valid)")
  }
}
