import ArgumentParser
import Toposheet

/// Which attacks, and how strong.
struct AttackOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Attacks: fgsm, fgm-l2, pgd-linf, pgd-l2, with commas, or all; none by default.",
      valueName: "names"),
    completion: Completions.attacks)
  var attack = "none"

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How far attacks may go, with commas: 0.1,0.3 or 2/255,8/255; by default the usual ones of "
        + "MNIST for grey images, of CIFAR for images in color.", valueName: "list"))
  var epsilons: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Attack the first so many images; by default 1,000, or all where there are fewer.",
      valueName: "n"))
  var attackImages: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Seed of the attacks' random starts.", valueName: "seed"))
  var attackSeed: UInt64 = 0

  /// Epsilons as they were given, by value.
  /// - Throws: `UserError`.
  func epsilonNames() throws -> [Double: String] { try epsilons.map(EpsilonText.names) ?? [:] }

  /// The options that were given and that suites do not take.
  var givenNames: [String] { attack == "none" ? [] : ["--attack"] }

  /// The part of a suite that was described; nil without attacks.
  /// - Throws: `UserError`; `ValidationError` for options without anything to do.
  func part() throws -> AttackPart? {
    let attacks = try AttackPart.attacks(attack)
    for (name, isGiven) in [
      ("--epsilons", epsilons != nil), ("--attack-images", attackImages != nil),
    ] where isGiven && attacks.isEmpty {
      throw ValidationError("\(name) belongs to --attack: name some, such as --attack fgsm")
    }
    let part = try AttackPart(
      attacks: attacks, epsilons: try epsilons.map(AttackPart.epsilons),
      images: attackImages, seed: attackSeed, epsilonNames: try epsilonNames())
    return attacks.isEmpty ? nil : part
  }
}
