import Foundation
import TopoNetworks

extension EvaluatedModel {
  /// The name of the data that a saved model says it was trained on; nil where it does not say, as
  /// one that PyTorch wrote.
  /// - Throws: `FileError`.
  public static func data(in url: URL) throws -> String? {
    try SafetensorsFile(contentsOf: url).metadata[ModelMetadata.dataKey]
  }
}
