import Foundation
import TestSupport
import Testing
import TopoPerturbations

/// `toposheet evaluate --suite` and `toposheet suites`.
@Suite("evaluate --suite", .serialized) struct SuiteCommandTests {
  let place: Workplace
  let arguments: [String]

  init() throws {
    place = try Workplace()
    arguments = ["evaluate", try place.model().path, "--data", place.data, "--device", "cpu"]
  }

  private func file(_ text: String) throws -> String {
    try Data(text.utf8).write(to: place.url("mine.yaml"))
    return place.path("mine.yaml")
  }

  private static let mine = """
    name: mine
    parts:
      - images: [white, pink-1f, salt-pepper-distinct]
        severities: [0.1, 0.2]
        draws: 4
      - weights: [zeroing, lesion/random]
        severities: 0.5
        draws: 2
      - adversarial: fgsm
        epsilons: 0.1
        subset: 7
    """

  private func files(_ folder: String) throws -> [String: Data] {
    let url = place.url(folder)
    let names = try FileManager.default.subpathsOfDirectory(atPath: url.path)
    return Dictionary(
      uniqueKeysWithValues: names.filter { !$0.hasPrefix(".") && $0 != "provenance.json" }
        .compactMap { name in
          (try? Data(contentsOf: url.appending(path: name))).map { (name, $0) }
        })
  }

  @Test("a suite is run and shown") func aSuiteIsRunAndShown() throws {
    let result = try Command.run(
      arguments + ["--suite", "noise,adversarial", "--draws", "2", "--attack-images", "5"]
        + ["--epsilons", "0.1", "--out", place.path("suite")])
    #expect(result.status == 0, "\(result.errors)")
    for part in [
      "Clean images", "Noise, accuracy %\n", "Attack fgsm", "Attack pgd-l2", "control", "AUDC %",
      "confusion.csv", "Everything is in \(place.path("suite"))",
    ] { #expect(result.output.contains(part), "\(part): \(result.output)") }
    // Progress is told on standard error, also where nobody watches.
    #expect(result.errors.contains("0 of 35 tasks  clean"), "\(result.errors)")
    let csv = try String(contentsOf: place.url("suite/metrics.csv"), encoding: .utf8)
    let rows = csv.components(separatedBy: "\r\n")
    #expect(rows.count { $0.contains(",accuracy,clean,0.0,0,") } == 1)
    #expect(rows.count { $0.contains(",accuracy,white,") } == 5 * 2)
    #expect(rows.count { $0.contains(",audc,white,0.2,") } == 1)
    let confusion = try String(contentsOf: place.url("suite/confusion.csv"), encoding: .utf8)
    #expect(confusion.hasPrefix("dataset,condition,seed,perturbation,severity,draw,true,"))
    let json =
      try JSONSerialization.jsonObject(
        with: try Data(contentsOf: place.url("suite/metrics.json"))) as? [String: Any]
    let provenance = json?["provenance"] as? [String: String]
    #expect(provenance?["suite"] == "noise,adversarial" && provenance?["images"] == "20")
  }

  /// Killed (SIGKILL) while it works, again and again: the same bytes in the end.
  @Test("killed suites resume") func killedSuitesGoOn() throws {
    let suite = ["--suite", try file(Self.mine)]
    let unbroken = try Command.run(arguments + suite + ["--out", place.path("unbroken")])
    #expect(unbroken.status == 0, "\(unbroken.errors)")
    let broken = arguments + suite + ["--out", place.path("broken")]
    func task(_ number: Int) -> URL { place.url("broken/tasks/\(number).csv") }
    #expect(try Command.kill(broken, when: task(1), into: place.url("broken")))
    // It may be done before it can be killed again.
    for number in [2, 9, 20] { _ = try Command.kill(broken + ["--resume"], when: task(number)) }
    let last = try Command.run(broken + ["--resume"])
    #expect(last.status == 0, "\(last.errors)")
    let tables = { (text: String) in text.components(separatedBy: "Took ").first }
    #expect(tables(last.output) == tables(unbroken.output))
    let (found, wanted) = (try files("broken"), try files("unbroken"))
    #expect(found.keys.sorted() == wanted.keys.sorted())
    for (name, bytes) in wanted { #expect(found[name] == bytes, "\(name)") }
    try expectRefused(
      arguments + ["--suite", "noise", "--resume", "--out", place.path("broken")],
      ["already holds another suite (", "choose another with --out"])
    try expectRefused(
      arguments + suite + ["--out", place.path("broken")], ["add --resume to continue it"])
  }

  @Test("bad options are refused") func badOptions() throws {
    let out = ["--out", place.path("refused")]
    for (options, parts) in [
      (["--suite", "nose"] + out, ["there is no suite \"nose\"", "noise, corruptions, mnist-c"]),
      (["--suite", ""] + out, ["no suite is given"]),
      (["--suite", "noise", "--noise", "white"] + out, ["--noise does not go with --suite"]),
      (["--suite", "noise", "--levels", "0.1"] + out, ["--levels does not go with --suite"]),
      (["--suite", "noise", "--attack", "fgsm"] + out, ["--attack does not go with --suite"]),
      (["--suite", "noise", "--logits", "a.npy"] + out, ["--logits does not go with --suite"]),
      (["--suite", "weights", "--layers", "all"] + out, ["--layers does not go with --suite"]),
      (
        ["--suite", "weights", "--weight-levels", "0.1"] + out,
        ["--weight-levels does not go with --suite"]
      ),
      (
        ["--suite", "noise", "--epsilons", "0.1"] + out,
        ["--epsilons does not concern the suite noise"]
      ),
      (
        ["--suite", "weights", "--draws", "2"] + out, ["--draws does not concern the suite weights"]
      ),
      (["--levels", "0.1"] + out, ["--levels belongs to --noise"]),
      (["--weight-levels", "0.1"] + out, ["--weight-levels belongs to --weights"]),
      (["--epsilons", "0.1"] + out, ["--epsilons belongs to --attack"]),
      (["--suite", "noise", "--draws", "0"] + out, ["draws of white is 0"]),
      (["--suite", "noise", "--subset", "21"] + out, ["21 images", "only 20"]),
      (["--suite", "adversarial", "--attack-images", "21"] + out, ["21 images", "only 20"]),
      (["--suite", "missing.yaml"] + out, ["missing.yaml: cannot be opened"]),
      (["--resume"], ["--resume continues what a folder holds: name it with --out"]),
      (["--suite", "noise", "--resume"], ["--resume continues what a folder holds"]),
      (["--frost", "f"] + out, ["--frost belongs to --suite", "--suite corruptions"]),
      (["--noise-seed", "1"] + out, ["--noise-seed belongs to --noise"]),
      (["--weight-seed", "1"] + out, ["--weight-seed belongs to --weights"]),
      (["--attack-seed", "1"] + out, ["--attack-seed belongs to --attack"]),
      (["--magnify", "2"] + out, ["--magnify belongs to --examples"]),
      (["--example-count", "2"] + out, ["--example-count belongs to --examples"]),
      (
        ["--weights", "pruning", "--weight-draws", "5"] + out,
        ["--weight-draws has no effect on --weights pruning"]
      ),
      (
        ["--weights", "pruning", "--weight-seed", "5"] + out,
        ["--weight-seed has no effect on --weights pruning"]
      ),
      (
        ["--weights", "zeroing", "--patch-centers", "5"] + out,
        ["--patch-centers has no effect on --weights zeroing"]
      ),
      (
        ["--weights", "lesion/patch", "--patch-centers", "all", "--weight-seed", "5"] + out,
        ["--weight-seed has no effect on --weights lesion/patch"]
      ),
      (
        ["--attack", "fgsm", "--attack-seed", "5"] + out,
        ["--attack-seed has no effect on --attack fgsm"]
      ),
      (
        ["--suite", "weights", "--noise-seed", "2"] + out,
        ["--noise-seed does not concern the suite weights"]
      ),
      (
        ["--suite", "noise", "--weight-seed", "2"] + out,
        ["--weight-seed does not concern the suite noise"]
      ),
      (
        ["--suite", "noise", "--attack-seed", "2"] + out,
        ["--attack-seed does not concern the suite noise"]
      ),
      (["--map", "map.jpg"] + out, ["map.jpg: does not end in .png"]),
      (
        ["--suite", "noise", "--examples", "examples.jpg"] + out,
        ["examples.jpg: does not end in .png"]
      ),
      (
        ["--examples", "a.png"] + out, ["--examples draws perturbations of images", "add --noise"]
      ),
      (["--suite", "weights", "--examples", "a.png"] + out, ["no perturbation to draw"]),
      (["--suite", "noise", "--examples", "none/a.png"] + out, ["cannot be written"]),
    ] {
      try expectRefused(arguments + options, parts)
      #expect(!place.exists("refused"), "\(options)")
    }
    for (old, new, parts) in [
      ("draws: 4", "draw: 4", ["line 5: the key draw is not known"]),
      ("pink-1f", "pinc", ["line 3: there is no perturbation \"pinc\"", "white, pink"]),
      ("0.2]", "2]", ["line 4: the level 2.0 of white is out of range"]),
      ("epsilons: 0.1", "epsilons: [0.1, x]", ["line 10: the epsilon \"x\" is not a number"]),
      ("zeroing", "zeroes", ["line 6: there is no weight perturbation \"zeroes\""]),
      ("[white", "[[white", ["is not YAML"]),
    ] {
      let suite = try file(Self.mine.replacingOccurrences(of: old, with: new))
      try expectRefused(arguments + ["--suite", suite] + out, ["mine.yaml, line"] + parts)
      #expect(!place.exists("refused"), "\(new)")
    }
    try expectRefused(
      arguments + ["--suite", try file(Self.mine), "--draws", "3"] + out,
      ["write them into", "mine.yaml"])
    // Networks of other images.
    let other = place.url("other")
    try SmallData.writeCIFAR(to: other)
    try expectRefused(
      [arguments[0], arguments[1], "--data", other.path, "--device", "cpu", "--suite", "noise"]
        + out,
      ["reads images of 1 channel"])
    #expect(!place.exists("refused"))
  }

  @Test("suites are listed") func suitesAreListed() throws {
    let all = try Command.run(["suites"])
    #expect(all.status == 0)
    for name in [
      "noise", "corruptions", "mnist-c", "weights", "lesions", "stimulation", "adversarial", "all",
    ] {
      #expect(all.output.contains("\n\(name) "), "\(name)")
    }
    let noise = try Command.run(["suites", "noise"])
    for part in ["salt-pepper", "0.01 0.05 0.1 0.15 0.2", "[1] Truong & Hasson"] {
      #expect(noise.output.contains(part), "\(part)")
    }
    #expect(try Command.run(["suites", "adversarial"]).output.contains(" 8/255"))
    try expectRefused(["suites", "nose"], ["there is no suite \"nose\""])
  }

  /// Networks trained elsewhere have no metadata, and any names.
  @Test("published images are named by their files") func foreignFilesAreNamedByTheirFiles() throws
  {
    let model = try Data(contentsOf: URL(filePath: arguments[1]))
    let length = model.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    let header = try #require(
      try JSONSerialization.jsonObject(with: model[8..<8 + length]) as? [String: Any])
    let plain = try JSONSerialization.data(
      withJSONObject: header.filter { $0.key != "__metadata__" })
    var bytes = Data()
    withUnsafeBytes(of: UInt64(plain.count).littleEndian) { bytes.append(contentsOf: $0) }
    bytes += plain + model[(8 + length)...]
    let folder = place.url("foreign/run")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let names = ["control_seed0", "control_seed10", "ws-0.5", "ws-0.5-seed-3", "as_lambda1_2"]
    for name in names + ["checkpoint-1"] {
      try bytes.write(to: folder.appending(path: "\(name).safetensors"))
    }
    let arguments = [
      "evaluate", place.path("foreign"), "--data", place.data, "--device", "cpu", "--out",
      place.path("metrics"),
    ]
    let result = try Command.run(arguments)
    #expect(result.status == 0, "\(result.errors)")
    let rows = try String(contentsOf: place.url("metrics/metrics.csv"), encoding: .utf8)
      .components(separatedBy: "\r\n").filter { $0.contains(",accuracy,") }
    let found = rows.map { row in
      let fields = row.components(separatedBy: ",")
      return "\(fields[3]) \(fields[4]) \(fields[11])"
    }
    #expect(
      found.sorted() == [
        "as_lambda1 unknown 2", "control control 0", "control control 10", "ws-0.5 unknown 0",
        "ws-0.5 unknown 3",
      ])
    // A second one of a name.
    try bytes.write(to: folder.appending(path: "control-0.safetensors"))
    try expectRefused(arguments.dropLast() + [place.path("more")], ["is called control/seed-0"])
    // Nothing that is finished.
    try FileManager.default.createDirectory(
      at: place.url("bare"), withIntermediateDirectories: true)
    try bytes.write(to: place.url("bare/checkpoint-1.safetensors"))
    try expectRefused(
      ["evaluate", place.path("bare"), "--data", place.data], ["holds no model.safetensors"])
  }
}
