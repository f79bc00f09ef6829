import ArgumentParser
import Foundation
import Toposheet

/// Which images networks are shown.
struct ImageOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A data set's name or its folder; by default the one that the models were trained on.",
      valueName: "name|folder"),
    completion: Completions.datasets)
  var data: String?

  @Option(
    help: ArgumentHelp("Images to show; train are those of the training files.", valueName: "name"))
  var split: Split = .test

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Use the first so many images only.", valueName: "n"))
  var subset: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Constants that normalise the images: training (each model's own; the default where models "
        + "keep them), data (those of --data), as-published (on CIFAR-10 the published code's other "
        + "ones), or numbers with commas: means, then deviations.", valueName: "constants"),
    completion: .list(NormalizationChoice.words))
  var normalization: String?

  /// Which constants normalize the images.
  /// - Parameter fallback: what a suite says of them.
  /// - Throws: `UserError`.
  func choice(or fallback: NormalizationChoice?) throws -> NormalizationChoice {
    try normalization.map { try NormalizationChoice($0) } ?? fallback ?? .automatic
  }

  /// The images that were named, or those of the data set that all models were trained on.
  /// - Parameter models: files and folders, as they were given.
  /// - Throws: `UserError`; `ValidationError` if models do not say or do not agree.
  func images(of models: [String]) throws -> SplitImages {
    if let data { return try SplitImages.load(data, split) }
    var first: (url: URL, data: String, checksum: UInt32?)?
    for url in try ModelFiles.find(models) {
      guard let data = try EvaluatedModel.data(in: url) else {
        throw ValidationError(
          "\(url.path) does not say what it was trained on; name the images with --data")
      }
      if let first, first.data != data.name {
        throw ValidationError(
          "\(first.url.path) was trained on \(first.data), but \(url.path) on \(data.name); name with "
            + "--data the images to show to both")
      }
      first = first ?? (url, data.name, data.checksum)
    }
    guard let first else { throw ValidationError("--data is missing; name the images to show") }
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
            + "that name that was found; give the folder of the images to show with --data")
      }
      Terminal.error("data: \(images.name), on which the models were trained")
      return images
    } catch let error as UserError where error.path == nil {
      throw UserError("\(error.description), with --data")
    }
  }
}

extension Split: ExpressibleByArgument {}
