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
    var taken: Set<String> = []
    for path in [logits, sheet, images].compactMap({ $0 }) {
      let url = URL(filePath: path).standardizedFileURL
      let folder = url.deletingLastPathComponent()
      guard taken.insert(url.path).inserted else {
        throw FileError(path, "is named for two arrays; give each a file of its own")
      }
      // A rename would put an array in the place of a folder, or of /dev/null.
      var status = stat()
      if path.isEmpty || stat(url.path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG {
        throw FileError(path, "is not a place for an array; name a file, such as logits.npy")
      }
      guard access(folder.path, W_OK | X_OK) == 0 else {
        throw FileError(
          path,
          "cannot be written: \(folder.path) is not a folder that you may write to; "
            + "choose another place")
      }
    }
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
