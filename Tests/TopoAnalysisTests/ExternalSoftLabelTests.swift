import TestSupport
import Testing
import TopoFoundation

@testable import TopoAnalysis

@Suite("Files of soft labels") struct ExternalSoftLabelTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func write(_ values: [Float], _ shape: [Int], _ name: String = "p.npy") throws -> String {
    let url = folder.url.appending(path: name)
    try NPYArray.write(values, shape: shape, to: url)
    return url.path
  }

  @Test("probabilities and counts are taken") func taken() throws {
    let shares = try ExternalSoftLabels(try write([0.25, 0.75, 1, 0], [2, 2]))
    #expect(shares.labels.values == [0.25, 0.75, 1, 0])
    let counts = try ExternalSoftLabels(try write([10, 30, 7, 0], [2, 2], "c.npy"))
    #expect(counts.labels.values == shares.labels.values && counts.checksum != shares.checksum)
    try shares.requireFit(images: 2, classes: 2)
    let few = message { try shares.requireFit(images: 1, classes: 2) }
    #expect(few.contains("p.npy: has 2 rows, but 1 image is evaluated"), "\(few)")
    #expect(few.contains("array[:1]"), "\(few)")
    #expect(
      message { try shares.requireFit(images: 3, classes: 2) }.contains("3 images are evaluated"))
    #expect(
      message { try shares.requireFit(images: 2, classes: 10) }
        .contains("has 2 columns, but the images have 10 classes"))
  }

  @Test(
    "other files are refused with the place",
    arguments: [
      ([0.5, 0.4, 1, 0], [2, 2], "has the sum 0.9"),
      ([0.5, 0.5, .nan, 0], [2, 2], "holds nan at image 1, class 0"),
      ([0.5, 0.5, 1.5, -0.5], [2, 2], "holds -0.5 at image 1, class 1"),
      ([3, 1, 0, 0], [2, 2], "has the sum 0.0 at image 1"), ([1, 0], [2], "has the shape [2]"),
      ([], [0, 3], "has the shape [0, 3]"),
      // Counts and shares in one file.
      ([0.5, 0.5, 4, 6], [2, 2], "has the sum 10.0 at image 1"),
    ] as [([Float], [Int], String)])
  func refused(values: [Float], shape: [Int], part: String) throws {
    let path = try write(values, shape)
    let said = message { _ = try ExternalSoftLabels(path) }
    #expect(said.contains("p.npy: \(part)"), "\(said)")
  }

  @Test("soft labels in a wrong order, and people who never or always err")
  func majority() throws {
    let people = try SoftLabels([3, 1, 0, 2, 1, 0, 0, 5], classes: 2)
    #expect(people.majority == [0, 1, 0, 1])
    #expect(people.majorityShare(of: [0, 1, 1, 0]) == .value(0.5))
    let logits: [Float] = [1, 0, 0, 1, 0, 1, 0, 1]
    func kappa(_ labels: [Int32]) -> MeasuredValue {
      PeopleAgreement.values(logits: logits, labels: labels, people: people)[4]
    }
    #expect(kappa([0, 1, 0, 1]).reason == "the class that most people chose is always correct")
    #expect(kappa([1, 0, 1, 0]).reason == "the class that most people chose is never correct")
    // The network is correct for all but image 3, people for all but images 2 and 3: observed 3/4,
    // expected 1/2.
    #expect(kappa([0, 1, 1, 0]) == .value(0.5))
  }
}
