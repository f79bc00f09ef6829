import ArgumentParser
import Foundation
import Toposheet

/// Options for arrays that an evaluation writes beside its measures.
struct ArrayOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Write logits, float32 [images, classes].", valueName: "file|folder"),
    completion: .file(extensions: ["npy"]))
  var logits: String?

  @Option(
    help: ArgumentHelp(
      "Write the sheet's activations before ReLU, float32 [images, units].",
      valueName: "file|folder"),
    completion: .file(extensions: ["npy"]))
  var sheet: String?

  @Option(
    help: ArgumentHelp(
      "Write the evaluated images in [0, 1], before normalization.",
      valueName: "file|folder"),
    completion: .file(extensions: ["npy"]))
  var images: String?

  /// The options that were given, with their values.
  var given: [(name: String, path: String)] {
    [("--logits", logits), ("--sheet", sheet), ("--images", images)]
      .compactMap { name, path in path.map { (name, $0) } }
  }
}

/// The files of arrays: a file for one model, or a folder for any number, and the labels beside
/// them.
struct ArrayExports {
  /// Kinds of arrays.
  enum Kind: String, CaseIterable { case logits, sheet, images }

  /// Files by kind, one for each model; for the images, which are the same for all, one file.
  private var files: [Kind: [String]] = [:]
  /// Files for the labels, without duplicates.
  private(set) var labels: [String] = []
  /// Folders to make.
  private var folders: [URL] = []

  /// The files for the arrays of some models.
  /// - Throws: `ValidationError` if several models would share a file.
  init(_ options: ArrayOptions, models: [EvaluatedModel]) throws {
    for (kind, path) in [
      (Kind.logits, options.logits), (.sheet, options.sheet), (.images, options.images),
    ] {
      guard let path else { continue }
      let label: String
      if try Self.isFolder(path, kind, models.count) {
        let folder = URL(filePath: path, directoryHint: .isDirectory).standardizedFileURL
        let names =
          kind == .images
          ? ["images.npy"]
          : models.map { "\($0.condition)-seed-\($0.seed)-\(kind.rawValue).npy" }
        files[kind] = names.map { folder.appending(path: $0).path }
        label = folder.appending(path: "labels.npy").path
        if !folders.contains(folder) { folders.append(folder) }
      } else {
        files[kind] = [path]
        label = PerturbedImagesFile.labels(of: path)
      }
      if !labels.contains(label) { labels.append(label) }
    }
  }

  /// Whether a path means a folder: it is one, ends with a slash, or has to hold several arrays.
  private static func isFolder(_ path: String, _ kind: Kind, _ models: Int) throws -> Bool {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    if path.hasSuffix("/") || exists && isFolder.boolValue { return true }
    guard models > 1, kind != .images else { return false }
    guard !exists, !path.hasSuffix(".npy"), !path.isEmpty else {
      throw ValidationError(
        "--\(kind.rawValue) \(path) is one file, but there are \(models) models: name a folder, "
          + "such as --\(kind.rawValue) arrays/")
    }
    return true
  }

  /// Checks that the arrays can be written, before anything is computed. Nothing is made yet.
  /// - Throws: `UserError`.
  func check() throws {
    let manager = FileManager.default
    var new: Set<String> = []
    for folder in folders where !manager.fileExists(atPath: folder.path) {
      new.insert(folder.path)
      var above = folder.deletingLastPathComponent()
      while !manager.fileExists(atPath: above.path), above.path != "/" {
        above.deleteLastPathComponent()
      }
      guard access(above.path, W_OK | X_OK) == 0 else {
        throw UserError(folder, "cannot be made; choose a folder that you may write to")
      }
    }
    let paths = Kind.allCases.flatMap { files[$0] ?? [] } + labels
    try OutputFile.check(
      paths.filter { !new.contains(URL(filePath: $0).deletingLastPathComponent().path) },
      kind: "an array", beginning: OutputFile.array, example: "logits.npy")
  }

  /// Makes missing folders, and locks all folders and files.
  /// - Returns: the locks, to be released when everything is written.
  /// - Throws: `UserError`, also if another process writes there.
  func prepare() throws -> [FileLock] {
    var locks: [FileLock] = []
    for folder in folders {
      do {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        locks.append(try FileLock(folder.appending(path: ".arrays.lock")))
      } catch FileLock.Failure.inUse {
        throw UserError(
          folder,
          "another process is writing arrays into this folder; wait for it or choose another")
      } catch {
        throw UserError(folder, "cannot be made; choose a folder that you may write to")
      }
    }
    let inFolders = Set(folders.map(\.path))
    for (kind, paths) in files.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      for path in paths {
        let folder = URL(filePath: path).standardizedFileURL.deletingLastPathComponent().path
        if inFolders.contains(folder) { continue }
        locks.append(try OutputFile.take(path, option: "--\(kind.rawValue)"))
      }
    }
    return locks
  }

  /// Removes the folders if nothing is in them.
  func removeEmptyFolders() { for folder in folders { rmdir(folder.path) } }

  /// Evaluates the suite's last task, the clean images or its only perturbation, and writes the
  /// arrays.
  /// - Throws: `UserError`; what the evaluation throws.
  func write(_ suite: Suite, in context: EvaluationContext, on device: any Device) throws {
    var evaluation = ImageEvaluation(suite.images, in: context, on: device)
    var isFirst = true
    evaluation.inspect = { _, images, outputs, pack in
      if isFirst { try writeShared(images, context.images) }
      isFirst = false
      try write(outputs, of: pack)
    }
    try evaluation.measure([evaluation.tasks.count - 1]) { _, _ in }
  }

  /// Writes what all models share: labels, int64 `[images]`, and the images.
  /// - Parameters:
  ///   - pixels: the evaluated images in [0, 1], before normalization,
  ///     `[images, channels, rows, columns]`.
  ///   - images: the set that they were made from.
  /// - Throws: `UserError`.
  private func writeShared(_ pixels: [Float], _ images: ImageSet) throws {
    for path in labels {
      try NPYArray(.int64(images.labels.map(Int64.init)), shape: [images.count])
        .write(to: URL(filePath: path))
    }
    let shape = images.shape
    for path in files[.images] ?? [] {
      try NPYArray.write(
        pixels, shape: [images.count, shape.channels, shape.rows, shape.columns],
        to: URL(filePath: path))
    }
  }

  /// Writes the outputs of the models of a pack.
  /// - Parameter models: the pack's models, as indices among all.
  /// - Throws: `UserError`.
  private func write(_ outputs: Evaluator.Outputs, of models: [Int]) throws {
    for (index, model) in models.enumerated() {
      if let files = files[.logits] {
        try NPYArray.write(
          outputs.logits[index], shape: [outputs.images, outputs.classes],
          to: URL(filePath: files[model]))
      }
      if let files = files[.sheet] {
        try NPYArray.write(
          outputs.sheet[index], shape: [outputs.images, outputs.units],
          to: URL(filePath: files[model]))
      }
    }
  }
}
