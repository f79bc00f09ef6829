import Foundation
import TestSupport
import Testing
import TopoData

/// Results that would be missing or of something else, without a word.
@Suite("Results that do not belong together", .serialized) struct StrayResultTests {
  let place: Workplace

  init() throws { place = try Workplace() }

  /// A model that is gone is not just one seed fewer.
  @Test("missing models are noted") func missingModelsAreNoted() throws {
    #expect(try Command.run(place.train("run")).status == 0)
    let arguments = ["evaluate", place.path("run"), "--data", place.data, "--device", "cpu"]
    #expect(!(try Command.run(arguments).errors.contains("left no model")))
    try FileManager.default.removeItem(at: place.url("run/ws-euclidean-0.5/seed-1"))
    let result = try Command.run(arguments)
    #expect(result.status == 0)
    #expect(
      result.errors.contains(
        "the study has 2 networks, of which ws-euclidean-0.5/seed-1 left no model here"),
      "\(result.errors)")
  }

  /// Own images in a folder called as a known data set is are not taken for those.
  @Test("different data of the same name are noticed") func dataOfTheSameName() throws {
    try SmallData.writeIDX(to: place.url("own/mnist"))
    try SmallData.writeIDX(to: place.url("known/mnist"))
    // The known ones are others.
    let labels = place.url("known/mnist/train-labels-idx1-ubyte")
    var bytes = try Data(contentsOf: labels)
    bytes[8] ^= 1
    try bytes.write(to: labels)
    let trained = try Command.run(
      place.train("run").map { $0 == place.data ? place.path("own/mnist") : $0 })
    #expect(trained.status == 0, "\(trained.errors)")
    func evaluate(_ root: String) throws -> Command.Result {
      try Command.run(
        ["evaluate", place.path("run"), "--device", "cpu"],
        environment: ["TOPOSHEET_DATA": place.path(root)])
    }
    let other = try evaluate("known")
    #expect(other.status != 0)
    #expect(other.errors.contains("but not on the one of that name that was found"))
    #expect(try evaluate("own").status == 0)
  }

  /// Gray images in a folder called as images in color are: a precondition once.
  @Test("gray images named CIFAR are noticed") func grayImagesCalledCIFAR() throws {
    try SmallData.writeIDX(to: place.url("own/cifar10"))
    let result = try Command.run(
      place.train("run").map { $0 == place.data ? place.path("own/cifar10") : $0 })
    #expect(result.status == 0, "\(result.errors)")
  }

  @Test("names with commas are quoted") func namesWithCommasAreQuoted() throws {
    try SmallData.writeIDX(to: place.url("a b,c"))
    let result = try Command.run(
      place.train("run").map { $0 == place.data ? place.path("a b,c") : $0 })
    #expect(result.status == 0, "\(result.errors)")
    let csv = try String(contentsOf: place.url("run/training.csv"), encoding: .utf8)
    #expect(csv.components(separatedBy: "\r\n")[1].hasPrefix("\"a b,c\",mnist,11x11,"))
  }

  @Test("resuming an empty folder is noted") func goingOnWithNothingIsNoted() throws {
    let result = try Command.run(place.train("new", ["--resume"]))
    #expect(result.status == 0)
    #expect(result.errors.contains("new holds nothing to continue; everything begins anew"))
    #expect(!(try Command.run(place.train("new", ["--resume"])).errors.contains("begins anew")))
  }

  /// What is printed is in the file, too.
  @Test("areas of noise are kept") func areasOfNoiseAreKept() throws {
    #expect(try Command.run(place.train("run")).status == 0)
    let result = try Command.run([
      "evaluate", place.path("run"), "--data", place.data, "--device", "cpu", "--noise", "white",
      "--levels", "0.1,0.2", "--draws", "1", "--out", place.path("metrics"),
    ])
    #expect(result.status == 0 && result.output.contains("AUDC %"), "\(result.errors)")
    let csv = try String(contentsOf: place.url("metrics/metrics.csv"), encoding: .utf8)
    #expect(csv.components(separatedBy: "\r\n").count { $0.contains(",audc,white,0.2,0,") } == 2)
  }
}
