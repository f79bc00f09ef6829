import Yams

/// Follows the path of a setting through a document.
struct SettingPath {
  let setting: YAMLSetting
  /// The line that new nodes get.
  let line: Int
  let reader: YAMLReader

  /// The document with the value at the path.
  /// - Parameter value: nil to remove what is there.
  /// - Throws: `UserError` if the path leads through something that has no keys.
  func apply(_ value: Node?, to root: Node) throws -> Node {
    try changed(root, 0, value) ?? root
  }

  private func problem(_ sentence: String) -> UserError {
    UserError("\(setting.place): \(sentence)")
  }

  private func name(_ depth: Int) -> String { setting.path[..<depth].joined(separator: ".") }

  /// A node of which the path from `depth` on is changed; nil if it is removed.
  private func changed(_ node: Node?, _ depth: Int, _ value: Node?) throws -> Node? {
    guard depth < setting.path.count else { return value }
    let key = setting.path[depth]
    switch node {
    case .mapping(let mapping):
      var pairs = Array(mapping)
      if let index = pairs.firstIndex(where: { $0.key.string == key }) {
        if let new = try changed(pairs[index].value, depth + 1, value) {
          // The key is that of the setting from now on, as errors may be about it.
          pairs[index] = (try keyNode(key), new)
        } else {
          pairs.remove(at: index)
        }
      } else if let new = try changed(nil, depth + 1, value) {
        pairs.append((try keyNode(key), new))
      } else {
        throw problem(
          "there is no \(setting.key) to remove; give it a value, or leave the setting out")
      }
      return .mapping(Node.Mapping(pairs, mapping.tag, mapping.style, mapping.mark))
    case .sequence(let sequence):
      var items = Array(sequence)
      let index = try position(of: key, in: items, depth)
      if let new = try changed(items[index], depth + 1, value) {
        items[index] = new
      } else {
        items.remove(at: index)
      }
      return .sequence(Node.Sequence(items, sequence.tag, sequence.style, sequence.mark))
    case let node? where node.null == nil:
      throw problem("\(name(depth)) is \(node.inWords) and has no keys; set \(name(depth)) itself")
    default:
      guard let new = try changed(nil, depth + 1, value) else { return nil }
      let key = try keyNode(key)
      return .mapping(Node.Mapping([(key, new)], .implicit, .any, key.mark))
    }
  }

  /// The key as a node that has the line of the setting.
  private func keyNode(_ key: String) throws -> Node {
    let lines = String(repeating: "\n", count: line - 1)
    guard let node = try Yams.compose(yaml: lines + "key") else { return Node(key) }
    return .scalar(Node.Scalar(key, .implicit, .any, node.mark))
  }

  // MARK: Items of lists

  /// The index of the item that a position or a name means.
  private func position(of key: String, in items: [Node], _ depth: Int) throws -> Int {
    let list = name(depth)
    if let position = DecimalText.integer(key) {
      guard (1...max(items.count, 1)).contains(position), !items.isEmpty else {
        throw problem(
          "\(list) has \(items.count.counted("item")), so there is no number \(position); positions "
            + "go from 1 to \(items.count)")
      }
      return position - 1
    }
    let names = items.map(Self.name)
    let found = names.indices.filter { names[$0] == key }
    guard found.count < 2 else {
      let positions = found.map { "\($0 + 1)" }
      throw problem(
        "\(list) has \(found.count) items \(key), number \(positions.listed("and")); name one by its "
          + "position, as in \(list).\(positions[0])"
          + setting.path[(depth + 1)...].map { ".\($0)" }.joined())
    }
    guard let index = found.first else {
      let known = names.compactMap { $0 }
      let nearest = NearestName.of(key, among: known).map { "; did you mean \($0)?" } ?? ""
      throw problem(
        "\(list) has no item \(key); it has "
          + (known.isEmpty ? "" : "\(known.listed("and")), or ")
          + "by position 1 to \(items.count)" + nearest)
    }
    return index
  }

  /// The name of an item: its penalty, otherwise its first key, or the word that it is.
  private static func name(_ item: Node) -> String? {
    guard case .mapping(let mapping) = item else { return item.scalar?.string }
    let penalty = mapping.first { $0.key.string == "penalty" }?.value.scalar?.string
    return penalty ?? mapping.first?.key.string
  }
}
