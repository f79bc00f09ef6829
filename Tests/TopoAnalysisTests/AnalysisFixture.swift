import Foundation

/// Reads files of `Fixtures`, which scripts beside them made.
enum AnalysisFixture {
  /// The values of a file, `Fixtures/<name>.json`.
  static func read<Value: Decodable>(_ name: String, as type: Value.Type) throws -> Value {
    let file = Bundle.module.resourceURL?.appending(path: "Fixtures/\(name).json")
    guard let file else { throw CocoaError(.fileNoSuchFile) }
    return try JSONDecoder().decode(type, from: Data(contentsOf: file))
  }
}
