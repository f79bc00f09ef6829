import Foundation
import TopoFoundation

extension EvaluatedModel {
  /// The data set that a saved model was trained on, according to its metadata: its name and a
  /// checksum of its training images. Nil if the metadata has no data set, as in files of PyTorch.
  /// - Throws: `UserError` if the file cannot be read.
  public static func data(in url: URL) throws -> (name: String, checksum: UInt32?)? {
    let metadata = try ModelMetadata(SafetensorsFile(contentsOf: url).metadata, of: url)
    return metadata.data.map { ($0, metadata.dataChecksum) }
  }
}
