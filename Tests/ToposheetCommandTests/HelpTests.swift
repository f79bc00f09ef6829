import ArgumentParser
import Foundation
import TestSupport
import Testing
import TopoFoundation

@testable import ToposheetCommand

/// What the program says about itself and the machine.
@Suite("Help", .serialized) struct HelpTests {
  /// The subcommands, also those that help does not list.
  private static let subcommands = ToposheetCommand.configuration.subcommands.map {
    $0.configuration
  }

  @Test("subcommands have names, that of kernels included") func names() throws {
    let names = Self.subcommands.map(\.commandName)
    #expect(names.allSatisfy { $0 != nil } && Set(names).count == names.count)
    for name in [
      "devices", "verify", "train", "evaluate", "suites", "corrupt", "run", "show", "bench", "tune",
      "kernels",
    ] { #expect(names.contains(name), "\(name)") }
  }

  @Test("every subcommand has help", arguments: subcommands.compactMap { $0.commandName })
  func everySubcommandTeaches(_ name: String) throws {
    let result = try Command.run([name, "--help"])
    #expect(result.status == 0)
    #expect(result.output.contains("USAGE: toposheet \(name)"))
    let configuration = try #require(Self.subcommands.first { $0.commandName == name })
    let overview = result.output.split(separator: "\n").first { $0.hasPrefix("OVERVIEW: ") }
    let start = try #require(overview?.dropFirst("OVERVIEW: ".count))
    #expect(start.count > 10 && configuration.abstract.hasPrefix(start), "\(start)")
    #expect(result.output.contains("\nOPTIONS:\n") || result.output.contains(" OPTIONS:\n"))
    #expect(result.output.contains("\n  -h, --help "))
    #expect(result.errors.isEmpty)
  }

  /// The names that scripts rely on.
  @Test("options that scripts rely on exist") func optionsAreAContract() throws {
    let train = try Command.run(["train", "--help"]).output
    for option in [
      "data", "architecture", "penalty", "metric", "lambda", "seeds", "epochs", "subset", "batch",
      "device", "threads", "memory-limit", "out", "resume", "view", "layout", "scale",
      "neighborhood", "sheet", "learning-rate", "optimizer", "momentum",
    ] { #expect(train.contains("--\(option)"), "\(option)") }
    let evaluate = try Command.run(["evaluate", "--help"]).output
    for option in [
      "data", "split", "device", "memory-limit", "noise", "levels", "draws", "subset", "logits",
      "sheet", "images", "out",
    ] { #expect(evaluate.contains("--\(option)"), "\(option)") }
    let corrupt = try Command.run(["corrupt", "--help"]).output
    for option in [
      "data", "split", "perturbation", "severities", "levels", "draws", "seed", "subset",
      "corruption-folder", "layout", "float", "out", "examples",
    ] { #expect(corrupt.contains("--\(option)"), "\(option)") }
  }

  /// One spelling in all that may be printed: code but comments.
  @Test("color has one spelling") func colorsAreSpeltOneWay() throws {
    let sources = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Sources").standardizedFileURL
    let files = try #require(
      FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
    var count = 0
    for case let file as URL in files where file.pathExtension == "swift" {
      count += 1
      for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
        let code = line.drop { $0 == " " }
        #expect(
          code.hasPrefix("//") || !code.lowercased().contains("colour"),
          "\(file.lastPathComponent): \(code)")
      }
    }
    #expect(count > 200)
    let help = try Command.run(["--experimental-dump-help"]).output
    #expect(help.contains("color") && !help.lowercased().contains("colour"))
  }

  /// What a subcommand finds wrong while it runs names its own help.
  @Test(
    "usage errors name the subcommand's help",
    arguments: [
      ["bench", "--members", "a"], ["verify", "--device", "cpu", "--all-algorithms"],
      ["tune", "--architecture", "resnet"], ["tune", "--device", "cpu"],
      ["tune", "--device", "opencl:0/2"],
    ])
  func usageIsTheSubcommands(_ arguments: [String]) throws {
    let result = try Command.run(arguments)
    #expect(result.status == 64)
    let lines = result.errors.split(separator: "\n")
    #expect(lines.count == 2 && lines[0].hasPrefix("toposheet: "))
    #expect(lines[1] == "See 'toposheet \(arguments[0]) --help' for more information.")
  }

  @Test("help and version") func helpAndVersion() throws {
    let help = try Command.run(["--help"])
    #expect(help.status == 0)
    for command in Self.subcommands {
      let name = command.commandName ?? ""
      let isListed = ["\n  \(name) ", "\n  \(name), "].contains(where: help.output.contains)
      #expect(isListed == command.shouldDisplay, "\(name)")
    }
    #expect(try Command.run([]).output.contains("USAGE: toposheet"))
    let version = try Command.run(["--version"])
    #expect(version.status == 0 && version.output == toposheetVersion + "\n")
  }

  @Test("devices are listed") func devicesAreListed() throws {
    let result = try Command.run(["devices"])
    #expect(result.status == 0)
    #expect(result.output.hasPrefix("cpu  "))
    #expect(result.output.contains("(auto)"))
    #expect(result.output.contains("memory"))
  }

  /// With no platform to be found, the list says what to install.
  @Test("missing OpenCL is explained") func noOpenCLIsExplained() throws {
    let empty = try TemporaryFolder()
    let environment = ["OCL_ICD_VENDORS": empty.url.path, "OPENCL_VENDOR_PATH": empty.url.path]
    let result = try Command.run(["devices"], environment: environment)
    #expect(result.status == 0)
    #expect(result.output.contains("\nNo OpenCL device: "))
    #expect(result.output.contains("install"))
    try expectRefused(
      ["verify", "--small", "--device", "opencl"], ["OpenCL", "install"], environment: environment)
  }

  @Test("the small cases pass on the CPU") func smallVerificationOfTheCPU() throws {
    let result = try Command.run(["verify", "--small", "--device", "cpu"])
    #expect(result.status == 0, "\(result.output)\(result.errors)")
    #expect(result.output.contains("cases passed"))
    #expect(!result.output.contains("FAILED"))
  }
}
