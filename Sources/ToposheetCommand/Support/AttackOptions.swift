import ArgumentParser
import Toposheet

/// Attacks and their epsilons.
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
      "Epsilons of the attacks, with commas: 0.1,0.3 or 2/255,8/255; by default those usual for "
        + "MNIST on gray images, those for CIFAR on color images.", valueName: "list"))
  var epsilons: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Number of images to attack, the first of the set; 1,000 by default, or all if there are "
        + "fewer.",
      valueName: "n"))
  var attackImages: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Seed of the attacks' random starts; 0 by default.", valueName: "seed"))
  var attackSeed: UInt64?

  /// The texts of epsilons as they were given, by value.
  /// - Throws: `UserError`.
  func epsilonNames() throws -> [Double: String] { try epsilons.map(EpsilonText.names) ?? [:] }

  /// The given options that exclude `--suite`.
  var givenNames: [String] { attack == "none" ? [] : ["--attack"] }

  /// The part of a suite that the options describe; nil without attacks.
  /// - Throws: `UserError`; `ValidationError` for options without effect.
  func part() throws -> AttackPart? {
    let attacks = try AttackPart.attacks(attack)
    for (name, isGiven) in [
      ("--epsilons", epsilons != nil), ("--attack-images", attackImages != nil),
      ("--attack-seed", attackSeed != nil),
    ] where isGiven && attacks.isEmpty {
      throw ValidationError("\(name) belongs to --attack: name some, such as --attack fgsm")
    }
    let part = try AttackPart(
      attacks: attacks, epsilons: try epsilons.map(AttackPart.epsilons),
      images: attackImages, seed: attackSeed ?? 0, epsilonNames: try epsilonNames())
    guard !attacks.isEmpty else { return nil }
    guard attackSeed == nil || part.isRandom else {
      throw ValidationError(
        "--attack-seed has no effect on --attack \(attack): leave it out, or add an attack with a "
          + "random start, such as pgd-linf")
    }
    return part
  }
}
