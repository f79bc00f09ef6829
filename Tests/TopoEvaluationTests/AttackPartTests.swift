import TestSupport
import Testing
import TopoFoundation

@testable import TopoEvaluation

@Suite("Selection of attacks") struct AttackPartTests {
  @Test("names") func names() throws {
    #expect(try AttackPart.attacks("fgsm, pgd-l2") == [Attack(.fgsm), Attack(.pgdL2)])
    #expect(try AttackPart.attacks("all").map(\.kind) == Attack.Kind.allCases)
    #expect(try AttackPart.attacks("none").isEmpty && AttackPart.attacks("").isEmpty)
    let said = message { _ = try AttackPart.attacks("fgsm,deepfool") }
    #expect(
      said
        == "there is no attack \"deepfool\": choose from fgsm, fgm-l2, pgd-linf, pgd-l2, all, or none"
    )
  }

  @Test("epsilons: numbers and fractions") func epsilons() throws {
    #expect(try AttackPart.epsilons("0.1, 8/255") == [0.1, 8 / 255])
    #expect(try AttackPart.epsilons(" 8 / 255 ,01") == [8 / 255, 1])
    for text in ["a", "1/0", "1/2/3", "1/", "/255", "0 1", "8/2 55", "0x1"] {
      #expect(message { _ = try AttackPart.epsilons(text) }.contains("\"\(text)\""), "\(text)")
    }
    #expect(
      message { _ = try AttackPart.epsilons(" ,") }.contains("no epsilon above 0 is given"))
  }

  @Test("what is out of range") func ranges() throws {
    func select(_ kind: Attack.Kind, _ epsilons: [Double]?, images: Int? = nil) throws {
      _ = try AttackPart(attacks: [Attack(kind)], epsilons: epsilons, images: images)
    }
    #expect(message { try select(.fgsm, [-0.1]) }.contains("epsilons are 0 or more"))
    #expect(message { try select(.pgdL2, [.nan]) }.contains("out of range"))
    #expect(message { try select(.pgdL2, [.infinity]) }.contains("out of range"))
    #expect(message { try select(.pgdLinf, [1.5]) }.contains("those of pgd-linf go from 0 to 1"))
    #expect(message { try select(.fgsm, []) }.contains("no epsilon above 0 is given"))
    #expect(message { try select(.fgsm, nil, images: 0) }.contains("at least 1"))
    try select(.pgdL2, [1.5])
  }

  @Test("each once, ascending, without 0, which is always there") func once() throws {
    let selection = try AttackPart(
      attacks: [Attack(.fgsm), Attack(.fgsm)], epsilons: [0.2, 0, 0.1, 0.2])
    #expect(selection.attacks == [Attack(.fgsm)] && selection.epsilons == [0.1, 0.2])
  }

  @Test("the usual epsilons and steps") func usual() {
    let (gray, color) = (
      ImageShape(channels: 1, rows: 28, columns: 28), ImageShape(channels: 3, rows: 32, columns: 32)
    )
    #expect(Attack(.fgsm).epsilons(for: gray) == [0.05, 0.1, 0.2, 0.3])
    #expect(Attack(.pgdL2).epsilons(for: gray) == [0.5, 1, 2])
    let bytes = Attack(.pgdLinf).epsilons(for: color).map { $0 * 255 }
    #expect(bytes.map { ($0 * 1000).rounded() } == [500, 1000, 2000, 4000, 8000])
    #expect(Attack(.fgmL2).epsilons(for: color) == [0.1, 0.25, 0.5, 1])
    let (box, ball) = (Attack(.pgdLinf), Attack(.pgdL2))
    #expect(box.steps == 40 && abs(box.stepShare * 0.3 - 0.01) < 1e-9 && box.randomStart)
    #expect(ball.steps == 50 && ball.stepShare == 0.025 && ball.randomStart)
    #expect(box.label == "adversarial/pgd-linf" && box.norm == .linf && ball.norm == .l2)
  }
}
