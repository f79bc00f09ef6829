import ArgumentParser
import Foundation
import Toposheet

/// The images that networks are evaluated on, and their normalization.
struct ImageOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A data set's name or its folder; by default the one that the models were trained on.",
      valueName: "name|folder"),
    completion: Completions.datasets)
  var data: String?

  @Option(
    help: ArgumentHelp(
      "Images to evaluate on: those of the test files, or of the training files.",
      valueName: "name"))
  var split: Split = .test

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Number of images to use, the first of the set; all by default.", valueName: "n"))
  var subset: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Constants that normalize the images: training (those each model was trained with; the "
        + "default if models record them), data (those of --data), as-published (those of the "
        + "published code, which differ on CIFAR-10), or numbers with commas: means, then standard "
        + "deviations.", valueName: "constants"),
    completion: .list(NormalizationChoice.words))
  var normalization: String?

  /// The options that were given.
  var given: [String] {
    [
      ("--data", data != nil), ("--split", split != .test), ("--subset", subset != nil),
      ("--normalization", normalization != nil),
    ].filter(\.1).map(\.0)
  }

  /// The constants that normalize the images.
  /// - Parameter fallback: the choice of a suite file.
  /// - Throws: `UserError`.
  func choice(or fallback: NormalizationChoice?) throws -> NormalizationChoice {
    try normalization.map { try NormalizationChoice($0) } ?? fallback ?? .automatic
  }

  /// Loads the images of `--data`, or of the data set that all models were trained on.
  /// - Parameters:
  ///   - models: files and folders, as they were given.
  ///   - epoch: the epoch whose snapshots are used of folders; nil for the models.
  /// - Throws: `UserError`; `ValidationError` if models do not record their data, or differ.
  func images(of models: [String], epoch: Int? = nil) throws -> SplitImages {
    if let data { return try SplitImages.load(data, split) }
    var first: (url: URL, data: String, checksum: UInt32?)?
    for url in try ModelFiles.find(models, epoch: epoch) {
      guard let data = try EvaluatedModel.data(in: url) else {
        throw ValidationError(
          "\(url.path) does not say what it was trained on; name the images with --data")
      }
      if let first, first.data != data.name {
        throw ValidationError(
          "\(first.url.path) was trained on \(first.data), but \(url.path) on \(data.name); name "
            + "the images for both with --data")
      }
      first = first ?? (url, data.name, data.checksum)
    }
    guard let first else { throw ValidationError("--data is missing; name a data set") }
    guard Dataset.isName(first.data) else {
      throw ValidationError(
        "\(first.url.path) was trained on \(first.data), which is not the name of a known data "
          + "set; give its folder with --data")
    }
    do {
      let images = try SplitImages.load(first.data, split)
      if let wanted = first.checksum, let found = try images.trainingChecksum(), found != wanted {
        throw ValidationError(
          "\(first.url.path) was trained on a data set called \(first.data), but not on the one of "
            + "that name that was found; give the folder of the images with --data")
      }
      Terminal.error("data: \(images.name), on which the models were trained")
      return images
    } catch let error as UserError where error.path == nil {
      throw UserError("\(error.description), with --data")
    }
  }
}

extension Split: ExpressibleByArgument {}
