import ArgumentParser
import Foundation
import Toposheet

/// The arrays of a layer of which an atlas is made.
struct AtlasArrayOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Responses, [image, unit].", valueName: "file"),
    completion: .file(extensions: ["npy", "safetensors"]))
  var activations: String?

  @OptionGroup var parts: LayerPartOptions

  @Option(
    help: ArgumentHelp(
      "The images, [image, row, column], [image, row, column, channel] or [image, channel, row, "
        + "column], of 1 or 3 channels and with values in [0, 255] or [0, 1].", valueName: "file"),
    completion: .file(extensions: ["npy", "safetensors"]))
  var images: String?

  /// The files; nil if the atlas is one of models.
  /// - Throws: `ValidationError` for options that exclude each other, or have no effect.
  func files(models: [String]) throws -> LayerFiles? {
    guard let activations else {
      let unused = parts.given + (images == nil ? [] : ["--images"])
      guard unused.isEmpty else {
        throw ValidationError(
          "\(unused.joined(separator: ", ")) has no effect without --activations: leave it out")
      }
      guard !models.isEmpty else {
        throw ValidationError("there is nothing to show: name models, or arrays with --activations")
      }
      return nil
    }
    guard models.isEmpty else {
      throw ValidationError("models and --activations exclude each other: give one of them")
    }
    guard parts.sheet != nil || parts.positions != nil else {
      throw ValidationError(
        "an atlas shows where units are: give --sheet, such as 11x11, or --positions")
    }
    return try parts.files(activations)
  }

  /// The atlas of a layer.
  /// - Throws: `UserError` if a file cannot be read, or files do not agree.
  func atlas(_ files: LayerFiles) throws -> Atlas {
    let layer = try files.read()
    let pictures = try images.map { try AtlasImages(contentsOf: $0) }
    let count = layer.activations.images
    if let images, let pictures, pictures.count != count {
      throw UserError(
        images,
        "has \(pictures.count.counted("image")), but \(files.activations) has "
          + "\(count.counted("image")); give the images of these responses")
    }
    let name = URL(filePath: files.activations).deletingPathExtension().lastPathComponent
    return try Atlas(
      [AtlasNetwork(name: name, LayerStatistics(layer))],
      title: "Atlas of \(name) on \(count.counted("image"))", images: pictures,
      labels: layer.labels)
  }
}
