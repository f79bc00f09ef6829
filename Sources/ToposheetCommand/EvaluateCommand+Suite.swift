import ArgumentParser
import Toposheet

/// The suite that the options of `evaluate` describe, or name.
extension EvaluateCommand {
  /// The parts of a suite that the options describe.
  func optionParts() throws -> [any SuitePart] {
    let parts: [(any SuitePart)?] = [
      try noises.part(), try analyses.part(), try weights.part(), try attacks.part(),
    ]
    return parts.compactMap { $0 }
  }

  /// The suite that was named.
  /// - Throws: `UserError`, `ValidationError`.
  func suite(_ chosen: SuiteChoice, for images: ImageSet) throws -> Suite {
    var options = SuitePreset.Options()
    options.draws = noises.draws
    options.seed = noises.noiseSeed ?? 0
    options.weightDraws = weights.weightDraws ?? options.weightDraws
    options.weightSeed = weights.weightSeed ?? 0
    options.epsilons = try attacks.epsilons.map(AttackPart.epsilons)
    options.epsilonNames = try attacks.epsilonNames()
    options.attackImages = attacks.attackImages
    options.attackSeed = attacks.attackSeed ?? 0
    let suite = try chosen.suite(
      for: images, isTraining: imageOptions.split == .training, options: options,
      names: "--draws, --weight-draws, --epsilons, --attack-images and the seeds",
      subset: imageOptions.subset)
    let weightParts = suite.parts(WeightPart.self)
    let attackParts = suite.parts(AttackPart.self)
    let imageParts = suite.parts(ImagePart.self)
    for (name, isGiven, isUsed) in [
      ("--draws", noises.draws != nil, imageParts.contains(where: \.isRandom)),
      ("--noise-seed", noises.noiseSeed != nil, imageParts.contains(where: \.isRandom)),
      ("--weight-draws", weights.weightDraws != nil, weightParts.contains(where: \.hasDraws)),
      ("--weight-seed", weights.weightSeed != nil, weightParts.contains(where: \.isRandom)),
      ("--epsilons", attacks.epsilons != nil, !attackParts.isEmpty),
      ("--attack-images", attacks.attackImages != nil, !attackParts.isEmpty),
      ("--attack-seed", attacks.attackSeed != nil, attackParts.contains(where: \.isRandom)),
    ] where isGiven && !isUsed {
      throw ValidationError("\(name) does not concern the suite \(suite.name): leave it out")
    }
    return suite
  }
}

extension Suite {
  /// The suite that options describe, for `evaluate`.
  /// - Throws: `UserError` if a perturbation is named twice.
  init(of parts: [any SuitePart], _ images: ImageOptions) throws {
    self.init(name: "options of evaluate", subset: images.subset)
    for part in parts { try add(part) }
  }
}
