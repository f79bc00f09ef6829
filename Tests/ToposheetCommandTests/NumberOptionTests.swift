import Foundation
import Testing

/// Numbers that make no sense are answered by a sentence about the number, negative ones as well.
@Suite("Options that are numbers", .serialized) struct NumberOptionTests {
  /// Options, their values, and what is said about them.
  struct Case: Sendable, CustomTestStringConvertible {
    var command: String
    var options: [String]
    var parts: [String]

    init(_ command: String, _ options: String, _ parts: String...) {
      self.command = command
      self.options = options.split(separator: " ").map(String.init)
      self.parts = parts
    }

    var testDescription: String { ([command] + options).joined(separator: " ") }
  }

  static let seed = "takes a whole number from 0 to 2^64 - 1, not \"-3\""

  static let cases = [
    Case("train", "--batch -1", "the batch is -1 images; choose 1 to 65536"),
    Case("train", "--batch 0", "the batch is 0 images; choose 1 to 65536"),
    Case("train", "--batch=-64", "the batch is -64 images"),
    Case("train", "--epochs -5", "training for -5 epochs is not possible"),
    Case("train", "--subset -1", "a subset of -1 images was asked for; ask for at least 1"),
    Case("train", "--seeds -1", "\"-1\" is not a seed or a range of seeds; write them as 0-2,7"),
    Case("train", "--seeds -2,3", "\"-2\" is not a seed"),
    Case("train", "--lambda -0.5", "lambda is -0.5, but it must be a finite number"),
    Case("train", "--lambda 1,-2", "lambda is -2.0, but it must be a finite number"),
    Case("train", "--threads -2", "-2 threads make no sense: give --threads a number"),
    Case("train", "--memory-limit -1G", "\"-1G\" is no amount of memory; write it as 2G or 800M"),
    Case("train", "--learning-rate -0.1", "the learning rate is -0.1; choose a positive number"),
    Case("train", "--learning-rate 0", "the learning rate is 0.0; choose a positive number"),
    Case("train", "--optimizer sgd --momentum -0.9", "--momentum takes", "not -0.9"),
    Case("train", "--sheet -3x4", "--sheet: \"-3x4\" is not a sheet", "11x11"),
    Case("train", "--batch many", "--batch takes a whole number, not \"many\""),
    Case("train", "--batch 1.5", "--batch takes a whole number, not \"1.5\""),
    Case(
      "train", "--learning-rate fast",
      "--learning-rate takes a number in decimal digits, not \"fast\""),
    Case("train", "--learning-rate 0x1p-8", "a number in decimal digits, not \"0x1p-8\""),
    Case("train", "--learning-rate inf", "a number in decimal digits, not \"inf\""),
    Case("train", "--optimizer sgd --momentum 0x1p-1", "--momentum takes a number in", "0x1p-1"),
    Case("train", "--batch 0x10", "--batch takes a whole number, not \"0x10\""),
    Case("bench", "--seconds 0x1", "--seconds takes a number in decimal digits, not \"0x1\""),
    Case("bench", "--seconds nan", "--seconds takes a number in decimal digits, not \"nan\""),
    Case("bench", "--members 1,0x8", "--members does not know \"0x8\""),
    Case("evaluate", "--normalization 0x1p-2,0.25", "the normalization \"0x1p-2,0.25\" is none of"),
    Case("run", "--threads -1", "-1 threads make no sense"),
    Case("run", "--memory-limit -2", "\"-2\" is no amount of memory"),
    Case("evaluate", "--noise white --draws -1", "noise draws is -1, but it must be at least 1"),
    Case("evaluate", "--noise white --levels -0.1", "the noise level -0.1 is out of range"),
    Case("evaluate", "--noise-seed -3", "--noise-seed " + seed),
    Case("evaluate", "--subset -4", "a subset of -4 images was asked for"),
    Case("evaluate", "--attack fgsm --attack-images -1", "-1 images are to be attacked"),
    Case("evaluate", "--attack fgsm --attack-seed -3", "--attack-seed " + seed),
    Case("evaluate", "--attack fgsm --epsilons -1/255", "out of range: epsilons are 0 or more"),
    Case("evaluate", "--threads -1", "-1 threads make no sense"),
    Case("evaluate", "--memory-limit -1", "\"-1\" is no amount of memory"),
    Case("evaluate", "--weights zeroing --weight-seed -3", "--weight-seed " + seed),
    Case("evaluate", "--weights zeroing --weight-draws -2", "weight perturbations is -2"),
    Case("evaluate", "--weights zeroing --weight-levels -1", "the severity -1.0 of weights/"),
    Case("evaluate", "--weights lesion/patch --patch-centers -1", "patch centers is -1"),
    Case(
      "evaluate", "--noise white --examples FOLDER/e.png --example-count -1", "a subset of -1"),
    Case("evaluate", "--noise white --examples FOLDER/e.png --magnify -1", "magnification is -1"),
    Case("corrupt", "--perturbation white --draws -1", "the number of draws of white is -1"),
    Case("corrupt", "--perturbation white --seed -3", "--seed " + seed),
    Case("corrupt", "--perturbation white --subset -1", "a subset of -1 images"),
    Case("corrupt", "--perturbation white --severities -1", "\"-1\" is not a severity"),
    Case("corrupt", "--perturbation white --levels -1", "the noise level -1 is out of range"),
    Case("bench", "--members -1", "a population of -1 is not possible"),
    Case("bench", "--batch -1", "a batch has 1 to 65536 images", "--batch"),
    Case("bench", "--inference-batch -1", "a batch has 1 to 65536", "--inference-batch"),
    Case("bench", "--seconds -1", "-1.0 seconds make no sense"),
    Case("bench", "--members 0 --threads -1", "-1 threads make no sense"),
    Case("tune", "--device opencl --members 0 --threads -1", "-1 threads make no sense"),
    Case("verify", "--only x --threads -1", "-1 threads make no sense"),
    Case("verify", "--device opencl --only x --threads 0", "0 threads make no sense"),
  ]

  @Test("numbers that cannot be used are named") func numbersAreNamed() throws {
    let place = try Workplace()
    let model = try place.model().path
    let plan = place.url("plan.yaml")
    try Data(
      """
      name: small
      data: \(place.data)
      architecture: mnist
      conditions: [{penalty: control}]
      seeds: 0
      epochs: 1
      """.utf8
    ).write(to: plan)
    let device = ["--device", "cpu"]
    for item in Self.cases {
      let before: [String] =
        switch item.command {
        case "train": place.train("out")
        case "run": ["run", plan.path, "--out", place.path("out")] + device
        case "evaluate":
          ["evaluate", model, "--data", place.data, "--out", place.path("out")] + device
        case "corrupt": ["corrupt", "--data", place.data, "--out", place.path("out.npy")]
        default: [item.command]
        }
      let options = item.options.map { $0.replacing("FOLDER", with: place.temporary.url.path) }
      try expectRefusedIgnoringCase(before + options, item.parts)
      #expect(!place.exists("out") && !place.exists("out.npy"), "\(item.testDescription)")
    }
  }

  private func expectRefusedIgnoringCase(_ arguments: [String], _ parts: [String]) throws {
    let result = try Command.run(arguments)
    #expect(result.status > 0 && result.sentences.count == 1, "\(arguments): \(result.errors)")
    for part in parts {
      #expect(
        result.sentences.first?.lowercased().contains(part.lowercased()) == true,
        "\(arguments): \(result.errors), not \(part)")
    }
  }

  // MARK: The kind

  private struct Tool: Decodable {
    struct Entry: Decodable {
      var commandName: String
      var subcommands: [Entry]?
      var arguments: [Argument]?
    }
    struct Argument: Decodable {
      struct Name: Decodable { var name: String }
      var kind: String
      var parsingStrategy: String
      var preferredName: Name?
      var valueName: String?
    }
    var command: Entry
  }

  /// An option of numbers takes what follows it, also what begins with a dash. Names of values say
  /// which those are, so no option may go without one.
  @Test("every option of numbers reads negative ones") func everyOptionOfNumbersTakesNegativeOnes()
    throws
  {
    let text = try Command.run(["--experimental-dump-help"]).output
    let tool = try JSONDecoder().decode(Tool.self, from: Data(text.utf8))
    let numbers: Set = ["n", "number", "seed", "list", "size", "n|all"]
    var found = 0
    for entry in tool.command.subcommands ?? [] {
      for option in entry.arguments ?? [] where option.kind == "option" {
        guard let value = option.valueName, numbers.contains(value) else { continue }
        found += 1
        let name = option.preferredName?.name ?? "?"
        #expect(option.parsingStrategy == "unconditional", "\(entry.commandName) --\(name)")
      }
    }
    #expect(found > 40)
  }
}
