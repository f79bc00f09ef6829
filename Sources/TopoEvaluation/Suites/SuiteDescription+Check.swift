import TopoData
import TopoFoundation
import Yams

/// What is wrong with a suite whatever the images are.
extension SuiteDescription {
  /// Refuses unknown suites, and parts or keys of parts that there are none of.
  /// - Throws: `UserError` that names file, line and key.
  static func checkNames(_ top: YAMLMapping) throws {
    let names = try top.list("suite")?.map { try top.text($0, "suite") } ?? []
    if !names.isEmpty {
      _ = try top.checked("suite") {
        try SuitePreset.read(names.joined(separator: ","), orFile: false)
      }
    }
    for item in try parts(top) {
      let key = try key(of: item, top.reader)
      if let kind = Suite.kinds.first(where: { $0.key == key }) {
        _ = try top.reader.mapping(item, "a part of \(key)", keys: [key] + kind.options)
      } else {
        let part = try top.reader.mapping(item, "a part of suite", keys: presetKeys)
        _ = try part.checked("suite") {
          try SuitePreset.named(part.text("suite"), orFile: false)
        }
      }
    }
  }

  /// The items of `parts`; none if there is no such key.
  /// - Throws: `UserError` if it is no list, or empty.
  static func parts(_ top: YAMLMapping) throws -> [Node] {
    guard let node = top.value("parts") else { return [] }
    guard case .sequence(let items) = node, !items.isEmpty else {
      throw top.reader.problem(node, "parts must be a list with at least one - images: ...")
    }
    return Array(items)
  }

  /// The key that says what a part is.
  /// - Throws: `UserError` if it has none of them.
  static func key(of node: Node, _ reader: YAMLReader) throws -> String {
    let keys = Suite.kinds.map { $0.key } + ["suite"]
    let given = node.mapping?.keys.compactMap(\.string) ?? []
    if let key = keys.first(where: given.contains) { return key }
    let nearest =
      given.lazy.compactMap { otherNames[$0] ?? NearestName.of($0, among: keys) }.first
    throw reader.problem(
      node,
      "a part must have one of the keys \(keys.joined(separator: ", "))"
        + (nearest.map { "; did you mean \($0)?" } ?? ""))
  }

  /// Words that people use for kinds of parts.
  private static let otherNames = [
    "attacks": "adversarial", "attack": "adversarial", "lesions": "weights", "noise": "images",
    "analysis": "analyses",
  ]

  /// Refuses the key of a part beside `parts`.
  /// - Throws: `UserError` that says where it belongs.
  static func refuseParts(_ node: Node, _ reader: YAMLReader) throws {
    let kinds = Suite.kinds.map { $0.key }
    for (key, value) in node.mapping ?? [:] {
      let name = key.string ?? ""
      guard let kind = kinds.contains(name) ? name : otherNames[name], name != "noise" else {
        continue
      }
      let example = value.scalar?.string ?? "..."
      throw reader.problem(
        key, "\(name) is a part: write parts: [{\(kind): \(example.isEmpty ? "..." : example)}]")
    }
  }

  /// Refuses a list that has a value twice.
  static func refuseTwice<Value: Hashable>(
    _ values: [Value], _ key: String, _ top: YAMLMapping
  ) throws {
    var seen: Set<Value> = []
    guard let twice = values.first(where: { !seen.insert($0).inserted }) else { return }
    throw top.reader.problem(try top.required(key), "\(key) has \(twice) twice; keep one")
  }

  /// Checks that there are as many images as `subset` says.
  /// - Throws: `UserError` that names file, line and key.
  package func checkSubset(of images: ImageSet) throws {
    guard let subset, subset > images.count else { return }
    let top = try mapping()
    throw top.reader.problem(
      try top.required("subset"),
      "subset is \(subset), but there are only \(images.count.counted("test image")); ask for fewer"
    )
  }
}
