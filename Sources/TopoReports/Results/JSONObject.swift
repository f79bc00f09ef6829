import Foundation
import TopoFoundation

/// An object of a JSON file of which only some values are known.
struct JSONObject {
  private let values: [String: Any]

  init?(_ url: URL) {
    guard let bytes = try? FileContents.read(url),
      let values = try? JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
    else { return nil }
    self.values = values
  }

  private init(_ values: [String: Any]) { self.values = values }

  subscript(_ key: String) -> JSONObject? {
    (values[key] as? [String: Any]).map { JSONObject($0) }
  }

  func text(_ key: String) -> String? { values[key] as? String }
  func number(_ key: String) -> Double? { (values[key] as? NSNumber)?.doubleValue }
  func count(_ key: String) -> Int? { (values[key] as? [Any])?.count }
  func numbers(_ key: String) -> [Double] {
    (values[key] as? [NSNumber] ?? []).map(\.doubleValue)
  }
  func objects(_ key: String) -> [JSONObject] {
    (values[key] as? [[String: Any]] ?? []).map { JSONObject($0) }
  }

  /// Numbers and texts, of which each is one value.
  func words(_ key: String) -> [String] {
    (values[key] as? [Any] ?? []).map { ($0 as? NSNumber).map { "\($0)" } ?? "\($0)" }
  }
  func flag(_ key: String) -> Bool { (values[key] as? NSNumber)?.boolValue ?? false }

  /// `adam (beta1 0.9, beta2 0.999)`: the first key with the numbers below it.
  var described: String? {
    guard let name = values.keys.sorted().first else { return nil }
    let inner = (values[name] as? [String: Any] ?? [:]).compactMap { key, value in
      (value as? NSNumber).map { "\(key) \($0.doubleValue)" }
    }.sorted()
    return inner.isEmpty ? name : "\(name) (\(inner.joined(separator: ", ")))"
  }
}
