import Foundation
import TestSupport
import Testing

/// What shells are told about the values of options.
@Suite("Completion", .serialized) struct CompletionTests {
  private struct Tool: Decodable {
    struct Entry: Decodable {
      var commandName: String
      var discussion: String?
      var subcommands: [Entry]?
      var arguments: [Argument]?
    }
    struct Argument: Decodable {
      struct Name: Decodable { var name: String }
      struct Completion: Decodable {
        struct List: Decodable { var values: [String] }
        struct Files: Decodable { var extensions: [String] }
        struct Nothing: Decodable {}
        struct Shell: Decodable { var command: String }
        var list: List?
        var file: Files?
        var directory: Nothing?
        var shellCommand: Shell?
      }
      var kind: String
      var preferredName: Name?
      var valueName: String?
      var completionKind: Completion?
      var allValues: [String]?
      var sectionTitle: String?
    }
    var command: Entry
  }

  private func entries() throws -> [Tool.Entry] {
    let text = try Command.run(["--experimental-dump-help"]).output
    let tool = try JSONDecoder().decode(Tool.self, from: Data(text.utf8))
    return (tool.command.subcommands ?? []).filter { $0.commandName != "help" }
  }

  @Test("scripts know the names", arguments: ["bash", "zsh", "fish"])
  func scriptsKnowTheNames(_ shell: String) throws {
    let result = try Command.run(["--generate-completion-script", shell])
    #expect(result.status == 0 && result.errors.isEmpty)
    for name in [
      "fashion-mnist", "cifar10", "salt-pepper", "pgd-linf", "mnist-c", "adversarial", "opencl",
      "lesion/patch", "correlation", "von-neumann", "post-relu", "tf32", "precision=tf32",
      "convolution=tensor-split",
    ] { #expect(result.output.contains(name), "\(name)") }
  }

  @Test("every option of words or files is completed") func everyOptionOfWordsOrFilesIsCompleted()
    throws
  {
    let numbers: Set = ["n", "number", "seed", "list", "size", "n|all"]
    for entry in try entries() {
      for option in entry.arguments ?? [] where option.kind == "option" {
        let name = "\(entry.commandName) --\(option.preferredName?.name ?? "?")"
        guard let value = option.valueName, !numbers.contains(value) else { continue }
        #expect(option.completionKind != nil || option.allValues?.isEmpty == false, "\(name)")
        if value == "folder" { #expect(option.completionKind?.directory != nil, "\(name)") }
      }
    }
  }

  @Test("data sets are completed by names and folders") func dataSetsAreNamesAndFolders() throws {
    for command in ["train", "evaluate", "corrupt"] {
      let entry = try #require(try entries().first { $0.commandName == command })
      let data = entry.arguments?.first { $0.preferredName?.name == "data" }
      let shell = try #require(data?.completionKind?.shellCommand?.command)
      #expect(shell.contains("fashion-mnist"))
      let folder = try TemporaryFolder()
      try FileManager.default.createDirectory(
        at: folder.url.appending(path: "own-images"), withIntermediateDirectories: true)
      let process = Process()
      process.executableURL = URL(filePath: "/bin/sh")
      process.arguments = ["-c", shell]
      process.currentDirectoryURL = folder.url
      let pipe = Pipe()
      process.standardOutput = pipe
      try process.run()
      let output = String(
        decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
      process.waitUntilExit()
      let lines = output.split(separator: "\n")
      #expect(lines.contains("cifar100") && lines.contains("own-images/"), "\(output)")
    }
  }

  /// Help is in groups, and its examples are whole lines on a terminal of 80 columns.
  @Test("help is in groups that fit") func helpIsInGroupsThatFit() throws {
    for entry in try entries() where entry.commandName != "kernels" {
      for line in (entry.discussion ?? "").split(separator: "\n") where line.hasPrefix("  ") {
        #expect(line.count <= 80, "\(entry.commandName): \(line)")
      }
      for argument in entry.arguments ?? []
      where ["device", "threads", "no-tuning", "precision", "memory-limit"].contains(
        argument.preferredName?.name)
      { #expect(argument.sectionTitle == "Device", "\(entry.commandName)") }
      let help = try Command.run([entry.commandName, "--help"]).output
      if entry.commandName != "devices" {
        #expect(help.contains("Examples:"), "\(entry.commandName)")
      }
      for line in help.split(separator: "\n") {
        #expect(line.count <= 80, "\(entry.commandName): \(line)")
      }
    }
  }
}
