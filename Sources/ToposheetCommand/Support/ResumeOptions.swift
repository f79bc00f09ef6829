import ArgumentParser
import Foundation

/// Whether to continue a run that a folder holds.
struct ResumeOptions: ParsableArguments {
  @Flag(
    help: ArgumentHelp(
      "Continue the run in the folder, to the same bits as without interruption. --resume=anyway "
        + "continues it even on a device or with a version of the program whose bits differ; this "
        + "is recorded."))
  var resume = false

  @Flag(name: .customLong(Self.anyway), help: .hidden)
  var resumeAnyway = false

  /// Whether to continue at all.
  var isGiven: Bool { resume || resumeAnyway }

  /// Notes that there is nothing to continue: the folder's name may be mistyped.
  func noteWhereNew(_ folder: URL, marker: String) {
    guard isGiven,
      !FileManager.default.fileExists(atPath: folder.appending(path: marker).path)
    else { return }
    Terminal.error("note: \(folder.path) holds nothing to continue; everything begins anew")
  }

  private static let anyway = "resume-anyway"

  /// Arguments in which `--resume=anyway` is replaced by a hidden flag: the parser does not accept
  /// an option with an optional value.
  /// - Throws: `ValidationError` for other values.
  static func rewritten(_ arguments: [String]) throws -> [String] {
    let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
    for (argument, next) in zip(arguments[..<end], arguments[..<end].dropFirst())
    where argument == "--resume" && next == "anyway" {
      throw ValidationError("--resume anyway must be one word: write --resume=anyway")
    }
    return try arguments[..<end].map { argument in
      guard argument.hasPrefix("--resume=") else { return argument }
      guard argument == "--resume=anyway" else {
        throw ValidationError(
          "\(argument) is not known; write --resume, or --resume=anyway to continue with a device or "
            + "version of other bits")
      }
      return "--\(anyway)"
    } + arguments[end...]
  }
}
