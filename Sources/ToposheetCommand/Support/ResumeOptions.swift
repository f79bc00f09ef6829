import ArgumentParser
import Foundation

/// Whether to continue a run that a folder holds.
struct ResumeOptions: ParsableArguments {
  @Flag(
    help: ArgumentHelp(
      "Continue an interrupted command: give it again with the same options and --resume. What is "
        + "done in the --out folder is not computed again, and the results are those of a run "
        + "without interruption, to the bit. A device or version of the program that would give "
        + "other bits is refused; --resume=anyway accepts it, which the results record."))
  var resume = false

  @Flag(name: .customLong(Self.anyway), help: .hidden)
  var resumeAnyway = false

  /// Whether to continue at all.
  var isGiven: Bool { resume || resumeAnyway }

  /// A note for a folder in which there is nothing to continue: its name may be mistyped. It is to
  /// be shown once the run has begun, as the folder may be refused.
  func note(_ folder: URL, marker: String) -> Note { note(folder, markers: [marker]) }

  /// The same for a folder that may hold one of several files. From now on an error that may pass
  /// says how to continue if one of them exists.
  func note(_ folder: URL, markers: [String]) -> Note {
    Failure.markers.withLock { $0 = markers.map { folder.appending(path: $0).path } }
    let isNew =
      isGiven
      && !(markers + ["shards"]).contains {
        FileManager.default.fileExists(atPath: folder.appending(path: $0).path)
      }
    return Note(
      text: isNew ? "note: \(folder.path) holds nothing to continue; everything begins anew" : nil)
  }

  /// A note that is shown once.
  struct Note {
    fileprivate var text: String?

    mutating func show() {
      if let text { Terminal.error(text) }
      text = nil
    }
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
