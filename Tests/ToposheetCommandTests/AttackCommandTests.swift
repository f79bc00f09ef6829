import Foundation
import Testing

/// `toposheet evaluate --attack`.
@Suite("evaluate --attack", .serialized) struct AttackCommandTests {
  let place: Workplace
  let arguments: [String]

  init() throws {
    place = try Workplace()
    arguments = ["evaluate", try place.model().path, "--data", place.data, "--device", "cpu"]
  }

  @Test("attacks are recorded") func attacksAreRecorded() throws {
    let result = try Command.run(
      arguments + [
        "--attack", "fgsm,pgd-linf", "--epsilons", "0.1,51/255", "--attack-images", "7", "--out",
        place.path("metrics"),
      ])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("Attack fgsm") && result.output.contains("51/255"))
    let csv = try String(contentsOf: place.url("metrics/metrics.csv"), encoding: .utf8)
    let rows = csv.components(separatedBy: "\r\n")
    for attack in ["fgsm", "pgd-linf"] {
      for epsilon in ["0.0", "0.1", "0.2"] {
        let name = ",accuracy,adversarial/\(attack),\(epsilon),0,"
        #expect(rows.count { $0.contains(name) } == 1, "\(name)")
      }
      #expect(rows.count { $0.contains(",audc,adversarial/\(attack),0.2,") } == 1)
    }
    #expect(rows.count { $0.contains(",input-gradient-norm,clean,") } == 1)
    #expect(rows.count { $0.contains(",accuracy,clean,") } == 1)
    let json = try String(contentsOf: place.url("metrics/metrics.json"), encoding: .utf8)
    #expect(json.contains("attack-images") && json.contains("attack-seed"))
  }

  @Test("bad options are refused") func badOptions() throws {
    for (options, parts) in [
      (["--attack", "deepfool"], ["there is no attack \"deepfool\"", "pgd-linf"]),
      (["--attack", "fgsm", "--epsilons", "2"], ["those of fgsm go from 0 to 1"]),
      (["--attack", "fgsm", "--epsilons", "-1"], ["epsilons are 0 or more"]),
      (["--attack", "fgsm", "--epsilons", "0"], ["no epsilon above 0 is given"]),
      (["--attack", "pgd-l2", "--epsilons", "1e20"], ["1e+20 is out of range", "1000"]),
      (["--attack", "fgsm", "--epsilons", "x"], ["\"x\" is not a number", "8/255"]),
      (["--attack", "fgsm", "--attack-images", "21"], ["21 images", "only 20"]),
      (["--attack", "fgsm", "--attack-images", "0"], ["at least 1"]),
    ] {
      try expectRefused(arguments + options + ["--out", place.path("refused")], parts)
      #expect(!place.exists("refused"), "\(options)")
    }
  }
}
