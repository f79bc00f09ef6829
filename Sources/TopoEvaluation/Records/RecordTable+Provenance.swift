import Foundation
import TopoFoundation

extension RecordTable {
  /// The provenance in a `metrics.json`, without reading its records. It is empty if the file does
  /// not exist or was not written by this program.
  public static func provenance(of url: URL) -> [String: String] {
    // No value has this marker: line breaks in strings are escaped.
    let marker = ",\n  \"records\":"
    guard var bytes = try? FileContents.head(url, through: marker),
      bytes.count >= marker.utf8.count, bytes.suffix(marker.utf8.count).elementsEqual(marker.utf8)
    else { return [:] }
    bytes.replaceSubrange((bytes.count - marker.utf8.count)..., with: "\n}".utf8)
    guard let top = try? JSONSerialization.jsonObject(with: Data(bytes)),
      let entries = (top as? [String: Any])?["provenance"] as? [String: Any]
    else { return [:] }
    return entries.compactMapValues { $0 as? String }
  }
}
