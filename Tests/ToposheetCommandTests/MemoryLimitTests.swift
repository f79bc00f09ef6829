import Foundation
import Testing

/// `--memory-limit` and several devices, as a user gives them.
@Suite("--memory-limit", .serialized) struct MemoryLimitTests {
  let place: Workplace

  init() throws { place = try Workplace() }

  private func files(_ out: String) throws -> [String: Data] {
    var files: [String: Data] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: place.path(out))
    where name.hasSuffix(".safetensors") || name.hasSuffix(".csv") || name == "progress.json" {
      files[name] = try Data(contentsOf: place.url("\(out)/\(name)"))
    }
    return files
  }

  /// Room for one network, as the sentence for too little room says it.
  private func roomForOne() throws -> String {
    let said = try Command.run(place.train("none", ["--threads", "1", "--memory-limit", "1K"]))
    #expect(said.status == 1 && said.sentences.count == 1 && !place.exists("none"))
    let sentence = try #require(said.sentences.first)
    #expect(sentence.contains("training one network of mnist with batches of 16 takes "))
    #expect(
      sentence.contains("more than the 1.0 KiB that --memory-limit allows on cpu; raise it, or")
    )
    let size = try #require(sentence.firstMatch(of: /takes ([0-9.]+) MiB/)?.1)
    // What was rounded off.
    return "\((Double(size) ?? 0) + (size.contains(".") ? 0.05 : 0.5))M"
  }

  @Test("networks that do not fit are trained in turns") func networksThatDoNotFitTakeTurns() throws
  {
    let whole = try Command.run(place.train("whole"))
    #expect(whole.status == 0 && !whole.errors.contains("pack"), "\(whole.errors)")
    let room = try roomForOne()
    let packs = try Command.run(
      place.train("packs", ["--threads", "1", "--memory-limit", room]))
    #expect(packs.status == 0, "\(packs.errors)")
    #expect(
      packs.errors.contains(
        "\ntraining in 2 packs of at most 1 network; all together would take "),
      "\(packs.errors)")
    for line in ["pack 1/2  epoch 1/2  ", "pack 2/2  epoch 2/2  "] {
      #expect(packs.errors.contains("\n\(line)"), "\(packs.errors)")
    }
    #expect(try files("packs") == files("whole"))
    // Of two networks: models and checkpoints; and three tables.
    #expect(try files("packs").count == 7)

    let evaluated = try Command.run([
      "evaluate", place.path("whole"), "--data", place.data, "--device", "cpu", "--threads", "1",
      "--memory-limit", "1M",
    ])
    #expect(evaluated.sentences.count == 1 && evaluated.status == 1)
    #expect(evaluated.errors.contains("256 images at a time takes "), "\(evaluated.errors)")
  }

  @Test("an evaluation that does not fit leaves no folder")
  func anEvaluationThatDoesNotFitLeavesNothing() throws {
    #expect(try Command.run(place.train("whole")).status == 0)
    for options in [
      ["--noise", "white"], ["--weights", "zeroing"], ["--weights", "lesion/selective"],
      ["--attack", "fgsm"],
    ] {
      let result = try Command.run(
        [
          "evaluate", place.path("whole"), "--data", place.data, "--device", "cpu", "--threads",
          "1", "--memory-limit", "100K", "--out", place.path("none"),
        ] + options)
      #expect(result.status == 1 && result.sentences.count == 1, "\(options): \(result.errors)")
      #expect(
        result.errors.contains("that --memory-limit allows on cpu; raise it, or"),
        "\(options): \(result.errors)")
      #expect(!place.exists("none"), "\(options)")
    }
  }

  /// Killed when the second pack has written a checkpoint, then resumed with room for all.
  @Test("training that was killed in the second pack resumes")
  func killedInTheSecondPackAndResumed() throws {
    let long = { (out: String, more: [String]) in
      place.train(out, more).map { $0 == "2" ? "4" : $0 }
    }
    #expect(try Command.run(long("whole", [])).status == 0)
    let room = try roomForOne()
    let killed = try Command.kill(
      long("packs", ["--threads", "1", "--memory-limit", room]),
      when: place.url("packs/ws-euclidean-0.5/seed-1/checkpoint-2.safetensors"),
      into: place.url("packs"))
    #expect(killed, "it was done before")
    #expect(place.exists("packs/ws-euclidean-0.5/seed-0/model.safetensors"))
    let resumed = try Command.run(long("packs", ["--resume"]))
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(resumed.errors.contains("\ncontinuing after epoch "), "\(resumed.errors)")
    #expect(try files("packs") == files("whole"))
  }

  @Test("impossible sizes and lists are refused") func sizesAndListsThatMakeNoSense() throws {
    for size in ["much", "-1G", "0"] {
      try expectRefused(
        place.train("out", ["--memory-limit=\(size)"]),
        ["--memory-limit: \"\(size)\" is no amount of memory; write it as 2G or 800M"])
    }
    for (device, part) in [
      ("cpu,opencl", "mixes kinds of device, whose bits differ"), ("cpu,cpu", "opencl:0,opencl:1"),
      ("opencl:0,opencl:0", "names a device twice"),
    ] {
      let arguments = place.train("out").map { $0 == "cpu" ? device : $0 }
      try expectRefused(arguments, ["--device \(device) ", part])
    }
    try expectRefused(
      ["verify", "--device", "opencl:0,opencl:1"], ["only training uses several, name one"])
    #expect(!place.exists("out"))
  }
}
