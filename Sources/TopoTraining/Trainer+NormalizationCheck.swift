import TopoFoundation
import TopoNetworks

extension Trainer {
  /// Checks that no batch normalization gets a single value per channel. The variance would be 0:
  /// the output would be beta for every image, and no gradient would pass. PyTorch refuses it too.
  /// - Parameter images: number of images that a member trains on.
  /// - Throws: `UserError`.
  static func checkNormalization(_ configuration: TrainingConfiguration, images: Int) throws {
    let last = images % configuration.batch
    guard configuration.batch == 1 || last == 1,
      let layer = configuration.architecture.firstFlatNormalization
    else { return }
    let reason =
      "batch normalization \(layer) of architecture \(configuration.architecture.name) then has "
      + "one value per channel and no variance"
    if configuration.batch == 1 {
      throw UserError(
        "a batch of 1 image cannot be trained on, as \(reason); choose a batch of 2 or more, or "
          + "larger images")
    }
    guard images > 1 else {
      throw UserError("there is 1 image to train on, and \(reason); use more images")
    }
    throw UserError(
      "the last of each epoch's batches of \(configuration.batch) holds 1 of the \(images) "
        + "training images, and \(reason); choose a batch of \(suggestion(configuration.batch, images)), or "
        + "another subset")
  }

  /// The nearest batch size for which the last batch does not have exactly one image.
  private static func suggestion(_ batch: Int, _ images: Int) -> Int {
    var distance = 1
    while true {
      for other in [batch + distance, batch - distance] where other > 1 && images % other != 1 {
        return other
      }
      distance += 1
    }
  }
}

extension Architecture {
  /// Name of the first batch normalization that sees one row and one column of each image.
  fileprivate var firstFlatNormalization: String? {
    for (index, layer) in layers.enumerated() {
      guard case .batchNormalization(let name, _, _) = layer else { continue }
      if inputShape(ofLayer: index).dropFirst().reduce(1, *) == 1 { return name }
    }
    return nil
  }
}
