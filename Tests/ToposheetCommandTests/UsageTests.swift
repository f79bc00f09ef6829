import Foundation
import Testing

/// What is said about words that are not known and about what is missing: one style, one exit code.
@Suite("Usage errors", .serialized) struct UsageTests {
  private func expectUsage(
    _ arguments: String, _ sentence: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let words = arguments.split(separator: " ").map(String.init)
    let result = try Command.run(words)
    #expect(result.status == 64, "\(arguments)", sourceLocation: sourceLocation)
    let lines = result.errors.split(separator: "\n").map(String.init)
    #expect(lines.count == 2, "\(result.errors)", sourceLocation: sourceLocation)
    #expect(lines.first == "toposheet: " + sentence, sourceLocation: sourceLocation)
    #expect(
      lines.last?.hasPrefix("See 'toposheet ") == true, "\(lines)", sourceLocation: sourceLocation)
    #expect(result.output.isEmpty, sourceLocation: sourceLocation)
  }

  private let train = "train --data x --architecture mnist --penalty control --seeds 0 --epochs 1"

  @Test("options of other programs") func optionsOfOtherPrograms() throws {
    for (unknown, meant) in [
      ("lr", "learning-rate"), ("seed", "seeds"), ("lambdas", "lambda"), ("epoch", "epochs"),
      ("batch-size", "batch"), ("batch_size", "batch"), ("output", "out"), ("dataset", "data"),
      ("gpu", "device"), ("model", "architecture"), ("optimiser", "optimizer"),
      ("workers", "threads"), ("memory", "memory-limit"), ("penlaty", "penalty"),
      ("learn", "learning-rate"), ("Epochs", "epochs"), ("neighbors", "neighborhood"),
    ] {
      // In place of the right one, and beside it; with and without an equals sign.
      try expectUsage(
        "train --\(unknown) 1", "train has no option --\(unknown); did you mean --\(meant)?")
      try expectUsage(
        train + " --out y --\(unknown)=1",
        "train has no option --\(unknown); did you mean --\(meant)?")
    }
    try expectUsage("train -b 3", "train has no option -b; did you mean --batch?")
    try expectUsage(
      "evaluate m --seed 1", "evaluate has no option --seed; did you mean --noise-seed?")
    try expectUsage("corrupt --seeds 1", "corrupt has no option --seeds; did you mean --seed?")
    try expectUsage(
      "evaluate --model m", "evaluate has no option --model; give what it names without an option")
    try expectUsage("evaluate m --lr 1", "evaluate has no option --lr; leave it out")
    try expectUsage("run p.yaml --epochs 2", "run has no option --epochs; write --set epochs=...")
    try expectUsage("run p.yaml --lr 2", "run has no option --lr; write --set learning-rate=...")
    try expectUsage(
      "slurm p.yaml --mem 8G",
      "slurm has no option --mem; if it is one of sbatch, write --sbatch=--mem=...")
    try expectUsage("bench --frobnicate", "bench has no option --frobnicate; leave it out")
  }

  /// The value of an option is not taken for an option.
  @Test("values are not taken as options") func valuesAreNoOptions() throws {
    try expectUsage(
      "train --batch --seed --lr 1", "train has no option --lr; did you mean --learning-rate?")
    try expectUsage("corrupt --data x --layout -1", "--layout takes nhwc or nchw, not \"-1\"")
    try expectUsage("train --lambda -1 --epochs x", "--epochs takes a whole number, not \"x\"")
  }

  @Test("unknown commands get a suggestion") func commands() throws {
    for (unknown, meant) in [
      ("trian", "train"), ("tran", "train"), ("eval", "evaluate"), ("evalaute", "evaluate"),
      ("benchmark", "bench"), ("device", "devices"), ("corupt", "corrupt"), ("TRAIN", "train"),
    ] {
      let sentence = "there is no command \(unknown); did you mean \(meant)?"
      try expectUsage(unknown, sentence)
      try expectUsage("\(unknown) --data mnist", sentence)
      try expectUsage("help \(unknown)", sentence)
    }
    let result = try Command.run(["xyzzy"])
    #expect(result.status == 64)
    #expect(result.errors.contains("there is no command xyzzy; the commands are "))
    #expect(result.errors.contains("evaluate") && !result.errors.contains("kernels"))
    #expect(try Command.run(["--lr"]).errors.contains("--lr is not a command; begin with one of "))
  }

  @Test("other names of commands are known") func aliases() throws {
    #expect(try Command.run(["analyse", "--help"]).output.contains("USAGE: toposheet analy"))
    try expectUsage(
      "analyse --lables x", "analyze has no option --lables; did you mean --labels?")
  }

  @Test("missing arguments are named") func whatIsMissing() throws {
    try expectUsage(
      "train --data",
      "--data has no value: a data set's name (mnist, fashion-mnist, cifar10, ...) or its folder")
    try expectUsage(
      train, "--out is missing: folder for the models, checkpoints and the record of the run")
    try expectUsage("evaluate", "<models> is missing; give models, or folders of models")
    try expectUsage(
      train + " --out y z", "there is no use for \"z\"; is an option missing before it?")
  }

  @Test("words that are not among the choices") func wordsOfWhichOnlySomeAreKnown() throws {
    try expectUsage(
      train + " --out y --view relu", "--view takes pre-relu or post-relu, not \"relu\"")
    try expectUsage(
      train + " --out y --precision half", "--precision takes float32 or tf32, not \"half\"")
    try expectUsage("corrupt --data x --layout hwcn", "--layout takes nhwc or nchw, not \"hwcn\"")
    try expectUsage("evaluate m --split dev", "--split takes test or train, not \"dev\"")
  }

  /// What a command finds out while it runs is said in the same way.
  @Test("errors that are found while running") func whatRunsFindOut() throws {
    try expectUsage(
      train + " --out y --lambda 2", "--penalty control has no lambda; leave --lambda out")
    try expectUsage(
      "corrupt --data x", "there is nothing to write: give --out or --examples, or both")
    let result = try Command.run(["suites", "xyzzy"])
    #expect(result.status == 1)
    #expect(result.errors.split(separator: "\n").count == 1)
    #expect(result.errors.hasPrefix("toposheet: "))
  }

  /// `tune` takes what auto takes; where that is the processor, it says so.
  @Test("tune takes the device that auto takes") func tuneTakesWhatAutoTakes() throws {
    let devices = try Command.run(["devices"]).output
    guard devices.contains("opencl:0"),
      let auto = devices.split(separator: "\n").first(where: { $0.contains("(auto)") }),
      auto.hasPrefix("cpu")
    else { return }
    for more in [[], ["--device", "auto"], ["--quick"]] {
      // Where it took a device all the same, the members would stop it.
      let result = try Command.run(["tune", "--members", "0"] + more)
      #expect(result.status == 64)
      #expect(result.errors.contains("--device auto is the cpu device here"), "\(result.errors)")
      #expect(result.errors.contains("add --device opencl"))
    }
  }
}
