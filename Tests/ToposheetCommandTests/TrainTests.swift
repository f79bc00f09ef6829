import Foundation
import TestSupport
import Testing

/// `toposheet train`, also killed and resumed.
@Suite("train", .serialized) struct TrainTests {
  let place: Workplace

  init() throws { place = try Workplace() }

  private func files(_ out: String) throws -> [String: Data] {
    let folder = place.url(out)
    var files: [String: Data] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path)
    where name.hasSuffix(".safetensors") || name.hasSuffix(".csv") || name.contains("partial") {
      files[name] = try Data(contentsOf: folder.appending(path: name))
    }
    return files
  }

  @Test("models are written where they should be") func modelsAreLeftWhereTheyShould() throws {
    let result = try Command.run(place.train("run"))
    #expect(result.status == 0, "\(result.errors)")
    #expect(
      try files("run").keys.sorted() == [
        "measures-by-epoch.csv", "training.csv",
        "ws-euclidean-0.5/seed-0/checkpoint-2.safetensors",
        "ws-euclidean-0.5/seed-0/model.safetensors",
        "ws-euclidean-0.5/seed-1/checkpoint-2.safetensors",
        "ws-euclidean-0.5/seed-1/model.safetensors",
      ])
    // A plain line per epoch, as nobody is watching.
    let lines = result.errors.split(separator: "\n")
    #expect(lines.count { $0.hasPrefix("epoch ") } == 2, "\(result.errors)")
    #expect(lines.contains { $0.hasPrefix("epoch 1/2  ") && $0.contains("images/s") })
    #expect(result.output.contains("ws-euclidean-0.5/seed-1"))
  }

  @Test("threads do not change the bytes") func threadsDoNotChangeTheBytes() throws {
    for threads in ["1", "3"] {
      let result = try Command.run(place.train("threads-\(threads)", ["--threads", threads]))
      #expect(result.status == 0, "\(result.errors)")
    }
    #expect(try files("threads-1") == files("threads-3"))
  }

  /// Killed while it writes checkpoints or trains on, then resumed: the same bytes.
  @Test("training that was killed resumes") func killedAndResumed() throws {
    let arguments = { (out: String) in
      place.train(out).map { $0 == "2" ? "5" : $0 }
    }
    let unbroken = try Command.run(arguments("unbroken"))
    #expect(unbroken.status == 0, "\(unbroken.errors)")
    let wanted = try files("unbroken")
    let moments = [
      "progress.json", "ws-euclidean-0.5/seed-0/checkpoint-2.safetensors",
      "ws-euclidean-0.5/seed-1/checkpoint-4.safetensors",
    ]
    for (index, moment) in moments.enumerated() {
      let out = "killed-\(index)"
      let killed = try Command.kill(
        arguments(out), when: place.url(out).appending(path: moment), into: place.url(out))
      #expect(killed, "it was done before \(moment) was seen")
      let resumed = try Command.run(arguments(out) + ["--resume"])
      #expect(resumed.status == 0, "\(resumed.errors)")
      #expect(resumed.errors.contains("continuing after epoch"), "\(resumed.errors)")
      let files = try files(out)
      #expect(files.keys.sorted() == wanted.keys.sorted())
      for (name, bytes) in wanted { #expect(files[name] == bytes, "\(moment): \(name)") }
    }
  }

  @Test("resuming finished training says so") func resumingWhatIsDoneSaysSo() throws {
    #expect(try Command.run(place.train("run")).status == 0)
    let again = try Command.run(place.train("run", ["--resume"]))
    #expect(again.status == 0)
    #expect(again.errors.contains("all 2 epochs are done already"))
  }

  @Test("a subset is the first images") func subsetIsTheFirstImages() throws {
    let result = try Command.run(place.train("subset", ["--subset", "30"]))
    #expect(result.status == 0, "\(result.errors)")
    let study = try String(
      contentsOf: place.url("subset/study.json"), encoding: .utf8)
    #expect(study.contains("\"images\" : 30"))
  }

  @Test("color images train the other architecture") func colorImagesOnTheOtherArchitecture()
    throws
  {
    try SmallData.writeCIFAR(to: place.url("cifar"))
    let result = try Command.run([
      "train", "--data", place.path("cifar"), "--architecture", "cifar10", "--penalty", "as",
      "--metric", "correlation", "--lambda", "0.3", "--seeds", "0", "--epochs", "1", "--device",
      "cpu", "--out", place.path("run"),
    ])
    #expect(result.status == 0, "\(result.errors)")
    #expect(place.exists("run/as-correlation-0.3/seed-0/model.safetensors"))
  }

  /// A member that diverges: the sentence names it, the exit code says so, no model is left.
  @Test("divergence is an error") func divergenceIsAnError() throws {
    let plan = place.url("plan.yaml")
    try Data(
      """
      name: wild
      data: \(place.data)
      architecture: mnist
      conditions: [{penalty: control}, {penalty: ws, lambda: 1e38}]
      seeds: 0
      epochs: 1
      batch: 16
      optimizer: sgd
      """.utf8
    ).write(to: plan)
    let result = try Command.run([
      "run", plan.path, "--device", "cpu", "--out", place.path("wild"),
    ])
    #expect(result.status == 1)
    #expect(result.errors.contains("stopped in epoch 1: its loss is not finite"))
    #expect(result.sentences.count == 1 && result.sentences[0].contains("1 of 2 networks stopped"))
    #expect(place.exists("wild/control/seed-0/model.safetensors"))
    #expect(place.exists("wild/metrics.csv"))
  }

  /// What does not train says nothing of training.
  @Test("training is announced when it starts") func trainingIsAnnouncedWhenItBegins() throws {
    let place = try Workplace()
    let first = try Command.run(place.train("trained"))
    #expect(first.errors.hasPrefix("training 2 x ws-euclidean-0.5 on "), "\(first.errors)")
    let refused = try Command.run(place.train("trained"))
    #expect(refused.status == 1 && !refused.errors.contains("training 2"), "\(refused.errors)")
    let done = try Command.run(place.train("trained", ["--resume"]))
    #expect(done.status == 0 && !done.errors.contains("training 2"), "\(done.errors)")
  }
}
