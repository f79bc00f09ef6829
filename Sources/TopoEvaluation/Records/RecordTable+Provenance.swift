import Foundation
import TopoFoundation

extension RecordTable {
  /// The provenance in a `metrics.json`, without reading its records. It is empty if the file does
  /// not exist or was not written by this program.
  public static func provenance(of url: URL) -> [String: String] {
    guard let bytes = try? FileContents.read(url) else { return [:] }
    let text = String(decoding: bytes, as: UTF8.self)
    guard let end = text.range(of: ",\n  \"records\":")?.lowerBound,
      let top = try? JSONSerialization.jsonObject(with: Data((text[..<end] + "\n}").utf8)),
      let entries = (top as? [String: Any])?["provenance"] as? [String: Any]
    else { return [:] }
    return entries.compactMapValues { $0 as? String }
  }
}
