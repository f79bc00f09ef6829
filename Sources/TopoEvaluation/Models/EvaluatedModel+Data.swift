import Foundation
import TopoFoundation

extension EvaluatedModel {
  /// The name of the data that a saved model says it was trained on, and a checksum of their training
  /// images; nil where it does not say, as
  /// one that PyTorch wrote.
  /// - Throws: `UserError`.
  public static func data(in url: URL) throws -> (name: String, checksum: UInt32?)? {
    let metadata = try ModelMetadata(SafetensorsFile(contentsOf: url).metadata, of: url)
    return metadata.data.map { ($0, metadata.dataChecksum) }
  }
}
