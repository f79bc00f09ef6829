import Foundation
import TestSupport
import Testing
import TopoEvaluation
import TopoFoundation

@testable import TopoReports

/// Reports of networks that were evaluated on several sets of images.
@Suite("Reports about several sets of images") struct ImageTests {
  private let place: TemporaryFolder
  private let conditions = ["control", "ws-euclidean-1"]
  private let clean = ComparedMeasure(MeasureName.accuracy)

  init() throws { place = try TemporaryFolder() }

  private func accuracies(_ value: Double, seeds: Int, under perturbation: String? = nil)
    -> [Record]
  {
    StudyFixtures.records(
      MeasureName.accuracy, conditions, seeds: seeds,
      perturbation: perturbation ?? Record.clean, severity: perturbation == nil ? 0 : 0.1
    ) { _, seed in value + StudyFixtures.noise(seed) }
  }

  private func study(_ folders: [URL]) throws -> StudyResults {
    let studies = try JoinedResults(folders).studies
    #expect(studies.count == 1)
    return studies[0]
  }

  @Test("the larger set counts for a measure that both have") func larger() throws {
    let all = try StudyFixtures.folder(
      accuracies(0.9, seeds: 3), in: place, "all", images: 10000)
    let some = try StudyFixtures.folder(
      accuracies(0.8, seeds: 3) + accuracies(0.5, seeds: 3, under: "white"), in: place, "some",
      images: 500)
    for folders in [[all, some], [some, all]] {
      let study = try study(folders)
      #expect(study.imageText(clean) == "10000 test images")
      #expect(study.seeds(clean, of: "control")[0] == 0.9)
      // A change is that to the clean accuracy on the same images.
      let change = ComparedMeasure(ComparedMeasure.accuracyChange, under: "white")
      #expect(study.imageText(change) == "500 test images")
      let value = try #require(study.seeds(change, of: "control")[0])
      #expect(abs(value - (0.5 - 0.8)) < 1e-12)
    }
    let report = try Report(folders: [all, some], output: place.url)
    let out = place.url.appending(path: "report", directoryHint: .isDirectory)
    try report.write(to: out)
    #expect(report.html.contains("Not all was evaluated on the same images."))
    #expect(report.html.contains("1 left out (accuracy)"))
    #expect(report.html.contains("Measured on 10000 test images."))
    #expect(report.html.contains("Measured on 500 test images."))
    func file(_ name: String) throws -> String {
      try String(contentsOf: out.appending(path: "figures/\(name)"), encoding: .utf8)
    }
    #expect(try file("mnist-accuracy.csv").contains("accuracy,control,,0,90.0,,,10000 test images"))
    #expect(try file("mnist-noise.csv").contains(",500 test images\r\n"))
    #expect(
      try file("mnist-measures.csv").contains("control,accuracy,white,500 test images,3,"))
    #expect(try file("verdicts.csv").contains(",500 test images,"))
  }

  @Test("a smaller set counts if it has more networks, and sets are never joined") func more()
    throws
  {
    let all = try StudyFixtures.folder(
      accuracies(0.9, seeds: 2), in: place, "all", images: 10000)
    let some = try StudyFixtures.folder(
      accuracies(0.8, seeds: 4), in: place, "some", images: 500)
    let study = try study([all, some])
    #expect(study.imageText(clean) == "500 test images")
    #expect(study.seeds(clean, of: "control").count == 4)
    #expect(study.seeds(clean, of: "control")[0] == 0.8)
    #expect(study.seeds["control"]?.count == 4)
  }

  @Test("other values on the same images are refused") func contradiction() throws {
    let first = try StudyFixtures.folder(
      accuracies(0.9, seeds: 1), in: place, "first", images: 500)
    let second = try StudyFixtures.folder(
      accuracies(0.8, seeds: 1), in: place, "second", images: 500)
    let sentence = message { _ = try study([first, second]) }
    #expect(sentence.contains("for 500 test images, so these are other networks"), "\(sentence)")
  }

  @Test("attacks on fewer images are another set") func attacks() throws {
    var record = accuracies(0.4, seeds: 2, under: "adversarial/fgsm")
    record += accuracies(0.9, seeds: 2)
    let folder = try StudyFixtures.folder(record, in: place, "one", images: 10000)
    try place.write(
      Array(
        """
        {"identity": {"tasks": ["clean 0.0 0"], "data": {"split": "test", "count": 10000,
        "checksum": 7}, "items": [{"label": "adversarial/fgsm", "summary": "", "severities":
        [0, 0.1], "draws": 1, "seed": 0, "images": 1000}]}}
        """.utf8), to: "one/suite.json")
    let study = try study([folder])
    let attacked = ComparedMeasure(MeasureName.accuracy, under: "adversarial/fgsm")
    #expect(study.imageText(attacked) == "1000 test images")
    #expect(study.imageText(clean) == "10000 test images")
  }

  @Test("the state of a network is that on the most images") func states() throws {
    var dead = accuracies(0.1, seeds: 1)
    for index in dead.indices { dead[index].state = .atChance }
    let some = try StudyFixtures.folder(dead, in: place, "some", images: 500)
    let all = try StudyFixtures.folder(accuracies(0.2, seeds: 1), in: place, "all", images: 10000)
    #expect(try study([all, some]).dead.isEmpty)
    #expect(try study([some]).dead.count == 2)
  }

  @Test("sets with one text are distinguished") func texts() {
    var images = EvaluatedImages(split: "test", count: 500, checksum: 10, normalization: "a")
    var others = [images]
    images.checksum = 11
    others.append(images)
    #expect(
      EvaluatedImages.texts(others) == [
        "500 test images (CRC-32 a)", "500 test images (CRC-32 b)",
      ])
    images.normalization = "b"
    #expect(EvaluatedImages.texts([others[1], images])[1].hasSuffix("normalized by b"))
    #expect(EvaluatedImages(count: 1).text == "1 image")
    #expect(!images.fits(.unknown) && EvaluatedImages.unknown.fits(.unknown))
    images.checksum = nil
    images.normalization = "a"
    #expect(images.fits(others[0]) && images.fits(others[1]) && !others[0].fits(others[1]))
  }

  @Test("a note says which parts are about which images") func notes() {
    #expect(ImageNote.text([("a", ""), ("b", "")]).isEmpty)
    #expect(ImageNote.text([("a", "9 images"), ("b", "")]) == "Measured on 9 images.")
    #expect(
      ImageNote.text([("a", "9 images"), ("b", "2 images"), ("c", "9 images")])
        == "Measured on different images: 9 images (a, c); 2 images (b).")
  }
}
