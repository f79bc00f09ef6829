import Foundation
import Toposheet

/// Arrays that an evaluation writes beside its measures.
struct ArrayExports {
  let logits: String?
  let sheet: String?
  let images: String?

  /// Checks that the arrays can be written, before anything is computed.
  /// - Throws: `FileError`.
  func check() throws {
    try OutputFile.check(
      [logits, sheet, images], kind: "an array", beginning: OutputFile.array,
      example: "logits.npy")
  }

  /// Writes what was asked for.
  /// - Parameters:
  ///   - shown: images in [0, 1], as the network got them before normalisation.
  ///   - outputs: of one model.
  func write(_ shown: [Float], _ outputs: Evaluator.Outputs, _ evaluation: Evaluation) throws {
    if let logits {
      try NPYArray.write(
        outputs.logits[0], shape: [outputs.images, outputs.classes], to: URL(filePath: logits))
    }
    if let sheet {
      try NPYArray.write(
        outputs.sheet[0], shape: [outputs.images, outputs.units], to: URL(filePath: sheet))
    }
    if let images {
      let shape = evaluation.images.shape
      try NPYArray.write(
        shown, shape: [outputs.images, shape.channels, shape.rows, shape.columns],
        to: URL(filePath: images))
    }
  }
}
