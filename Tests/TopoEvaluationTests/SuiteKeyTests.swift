import TestSupport
import Testing

@testable import TopoEvaluation

/// Keys of suites: those that would change nothing are refused, and values are checked.
@Suite("Keys of suites") struct SuiteKeyTests {
  private func said(_ part: String, top: String = "") -> String {
    message {
      _ = try SuiteTests.read("name: x\n\(top)parts:\n  - \(part.replacing("\n", with: "\n    "))")
    }
  }

  @Test(
    "keys without effect are refused",
    arguments: [
      ("images: corruption/fog\ndraws: 2", "draws has no effect, as nothing of this part is drawn"),
      ("images: corruption/fog\nseed: 2", "seed has no effect, as nothing of this part is drawn"),
      ("weights: pruning\ndraws: 3", "draws has no effect, as nothing of this part is drawn"),
      ("weights: lesion/patch\ndraws: 3", "draws has no effect"),
      ("weights: stimulation/patch\ndraws: 3", "draws has no effect"),
      ("weights: stimulation/patch\nlayers: dense", "layers has no effect, as lesions"),
      ("weights: lesion/selective\nseed: 3", "seed has no effect"),
      ("weights: lesion/patch\ncenters: all\nseed: 3", "seed has no effect"),
      (
        "weights: [zeroing, pruning]\ncenters: 3", "centers has no effect, as only lesion/patch and"
      ),
      ("weights: [lesion/patch, lesion/random]\nlayers: dense", "layers has no effect, as lesions"),
      ("adversarial: [fgsm, fgm-l2]\nseed: 1", "seed has no effect"),
      ("suite: weights\nseverities: 0.5", "severities does not go with the suite weights"),
      ("suite: noise\nepsilons: 0.5", "epsilons does not go with the suite noise"),
    ])
  func refused(part: String, sentence: String) {
    let text = said(part)
    let line = part.contains("all\n") ? 5 : 4
    #expect(text.hasPrefix("suite.yaml, line \(line): \(sentence)"), "\(text)")
  }

  @Test(
    "keys with an effect are accepted",
    arguments: [
      "images: [corruption/fog, corruption/snow]\ndraws: 2\nseed: 3",
      "weights: [pruning, zeroing]\ndraws: 3\nseed: 1\nlayers: dense",
      "weights: lesion/patch\ncenters: 3\nseed: 1", "weights: lesion/patch\ncenters: all",
      "weights: stimulation/patch\ncenters: 3\nseverities: 8",
      "weights: [lesion/patch, zeroing]\nlayers: dense\ncenters: 02",
      "adversarial: [fgsm, pgd-l2]\nseed: 1", "suite: noise\nseed: 1\ndraws: 2\nseverities: 0.5",
      "suite: lesions\ndraws: 3", "suite: adversarial\nepsilons: 0.25\nseed: 1",
    ])
  func whatHasAnEffectIsTaken(part: String) { #expect(said(part) == "no error") }

  @Test("the seed of a suite") func theSeedOfASuite() {
    let useless = "suite.yaml, line 2: seed has no effect, as every part has its own"
    #expect(said("images: white\nseed: 3", top: "seed: 2\n").hasPrefix(useless))
    #expect(said("adversarial: fgsm", top: "seed: 2\n").hasPrefix(useless))
    #expect(said("images: corruption/fog", top: "seed: 2\n").hasPrefix(useless))
    #expect(said("images: white", top: "seed: 2\n") == "no error")
    #expect(said("suite: adversarial", top: "seed: 2\n") == "no error")
  }

  @Test(
    "numbers and names",
    arguments: [
      ("images: white\nseverities: 0x1", "severities is 0x1, but must be a number"),
      ("images: white\nseverities: [0.1, 0:30]", "severities is 0:30, but must be a number"),
      ("images: white\ndraws: 0o7", "draws is 0o7, but must be a whole number from 1 to 10000"),
      ("images: white\nseed: 1_0", "seed is 1_0, but must be a whole number from 0 to 1844"),
      (
        "weights: zeroing\ndraws: 1:30", "draws is 1:30, but must be a whole number from 1 to 10000"
      ),
      (
        "weights: lesion/patch\ncenters: some",
        "centers is some, but must be a whole number from 1 to 10000, in decimal digits, or all"
      ),
      ("adversarial: fgsm\nepsilons: 0x1/255", "the epsilon \"0x1/255\" is not a number"),
      ("adversarial: fgsm\nepsilons: 1:30", "the epsilon \"1:30\" is not a number"),
      (
        "adversarial: fgsm\nsubset: 0x10",
        "subset is 0x10, but must be a whole number of at least 1"
      ),
      ("suite: noise\ndraws: 1:0", "draws is 1:0, but must be a whole number from 1 to 10000"),
      (
        "suite: noice",
        "there is no suite \"noice\": choose from noise, corruptions, mnist-c, weights, "
          + "lesions, stimulation, adversarial, all"
      ),
      ("adversarial: [fgsm, all]", "the attack all cannot be combined with others: give it alone"),
      ("weights: [zeroing, none]", "the weight perturbation none cannot be combined with others"),
    ])
  func numbersAndNames(part: String, sentence: String) {
    let text = said(part)
    #expect(text.hasPrefix("suite.yaml, line "), "\(text)")
    #expect(text.contains(": \(sentence)") && !text.hasSuffix("."), "\(text)")
  }

  @Test("leading zeros") func leadingZeros() throws {
    let suite = try SuiteTests.read(
      """
      name: x
      subset: 010
      seed: 011
      parts:
        - images: white
          severities: [00.5]
          draws: 012
        - adversarial: pgd-l2
          epsilons: [010/100, 02]
          subset: 020
          seed: 08
      """)
    #expect(suite.subset == 10 && suite.images[0].seed == 11)
    #expect(suite.images[0].severities == [0.5] && suite.images[0].draws == 12)
    #expect(
      suite.parts(AttackPart.self)[0].epsilons == [0.1, 2]
        && suite.parts(AttackPart.self)[0].images == 20)
    #expect(suite.parts(AttackPart.self)[0].seed == 8)
  }

  @Test(
    "names that errors offer are accepted",
    arguments: [
      ("images", 6), ("weights", 12), ("adversarial", 5), ("suite", 7), ("layers", 4),
    ])
  func offered(key: String, least: Int) {
    func said(_ name: String) -> String {
      let part = key == "layers" ? "weights: zeroing\n    layers: \(name)" : "\(key): \(name)"
      return message {
        _ = try SuiteTests.read("name: x\nparts:\n  - \(part)")
      }
    }
    // No layer has such a name.
    let sentence = said("non sense")
    let names = offeredNames(sentence)
    #expect(names.count >= least, "\(sentence)")
    for name in names where name != "a layer's name" {
      let answer = said(name)
      #expect(
        answer == "no error" || answer.contains("is not for images of"), "\(answer)")
    }
  }
}
