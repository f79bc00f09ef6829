import Yams

/// Reads YAML strictly: unknown keys are errors, and every error names file, line and key.
public struct YAMLReader {
  /// The path of the file, for errors.
  public let file: String
  /// An example file that errors point to.
  public var example: String
  /// Settings that nodes came from: the first line that such nodes have, and what errors name.
  var settings: [(firstLine: Int, place: String)] = []

  /// A reader of the text of a file.
  public init(file: String, example: String = "Plans/demo.yaml") {
    (self.file, self.example) = (file, example)
  }

  /// An error about a node of the file, or of a setting.
  public func problem(_ node: Node, _ sentence: String) -> UserError {
    UserError("\(place(of: node)): \(sentence)")
  }

  private func place(of node: Node) -> String {
    setting(of: node)?.place ?? "\(file), line \(node.mark?.line ?? 1)"
  }

  private func setting(of node: Node) -> (firstLine: Int, place: String)? {
    let line = node.mark?.line ?? 1
    return settings.last { $0.firstLine <= line }
  }

  /// Whether a node came from a setting, not from the file.
  public func isFromSetting(_ node: Node) -> Bool { setting(of: node) != nil }

  /// Whether an error names its place already.
  func isPlaced(_ error: UserError) -> Bool {
    error.description.hasPrefix(file)
      || settings.contains { error.description.hasPrefix($0.place) }
  }

  /// The file's one document. A byte order mark, with which some editors begin a file, is
  /// skipped.
  /// - Throws: `UserError` if it is not YAML, or empty.
  public func document(_ text: String) throws -> Node {
    let scalars = text.unicodeScalars
    let text = scalars.first == "\u{FEFF}" ? String(scalars.dropFirst()) : text
    do {
      guard let node = try Yams.compose(yaml: text) else {
        throw UserError("\(file): is empty; see \(example) for an example")
      }
      return node
    } catch let error as YamlError {
      switch error {
      case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
        .composer(_, let problem, let mark, _):
        // What the scanner says of a tab in place of the spaces before a key or an item.
        let isTab = problem.contains("'\\t'") || problem.contains("tab")
        throw UserError(
          "\(file), line \(mark.line): is not YAML (\(problem)); "
            + (isTab ? "indent with spaces, not tabs" : "correct the line"))
      case .duplicatedKeysInMapping(let keys, let context):
        throw UserError(
          "\(file), line \(context.mark.line): the key \(keys.map { "\($0)" }.joined(separator: ", "))"
            + " occurs twice; keep one")
      default: throw UserError("\(file): is not YAML (\(error)); correct it")
      }
    }
  }

  /// A mapping of which only `keys` may be used.
  public func mapping(_ node: Node, _ what: String, keys: [String]) throws -> YAMLMapping {
    guard case .mapping(let pairs) = node else {
      throw problem(node, "\(what) must be keys with values, such as \(keys[0]): ...")
    }
    var values: [String: Node] = [:]
    for (key, value) in pairs {
      guard let name = key.string, keys.contains(name) else {
        let name = key.inWords
        let nearest = NearestName.of(name, among: keys).map { "; did you mean \($0)?" } ?? ""
        throw problem(
          key,
          "the key \(name) is not known in \(what); the keys are "
            + "\(keys.joined(separator: ", "))\(nearest)")
      }
      values[name] = value
    }
    return YAMLMapping(reader: self, node: node, what: what, values: values)
  }
}

/// The checked keys of a mapping.
public struct YAMLMapping {
  /// The reader of the file.
  public let reader: YAMLReader
  /// The mapping.
  public let node: Node
  /// What the mapping is, for errors: `the plan`.
  public let what: String
  /// The values by key.
  public let values: [String: Node]

  /// A mapping of checked keys; `YAMLReader.mapping` makes one of a node.
  public init(reader: YAMLReader, node: Node, what: String, values: [String: Node]) {
    (self.reader, self.node, self.what, self.values) = (reader, node, what, values)
  }

  /// Whether a key is there with a value.
  public func has(_ key: String) -> Bool { value(key) != nil }

  /// The value of a key; nil when it is missing or null.
  public func value(_ key: String) -> Node? {
    guard let node = values[key], node.null == nil else { return nil }
    return node
  }

  /// The value of a key that must be there.
  public func required(_ key: String) throws -> Node {
    guard let value = value(key) else {
      throw reader.problem(node, "\(what) has no \(key); add \(key): ...")
    }
    return value
  }

  /// The text of a key that must be there.
  public func text(_ key: String) throws -> String { try text(required(key), key) }

  /// The text of a value.
  public func text(_ node: Node, _ key: String) throws -> String {
    guard let text = node.scalar?.string, !text.isEmpty else {
      throw reader.problem(node, "\(key) must be a word or a text")
    }
    return text
  }

  /// A single value or a list of values.
  public func list(_ key: String) -> [Node]? {
    guard let node = value(key) else { return nil }
    if case .sequence(let items) = node { return Array(items) }
    return [node]
  }

  /// One of the words that `type` has.
  public func choice<Choice: RawRepresentable & CaseIterable>(
    _ node: Node, _ key: String, _ type: Choice.Type
  ) throws -> Choice where Choice.RawValue == String {
    guard let choice = node.scalar.flatMap({ Choice(rawValue: $0.string) }) else {
      let words = type.allCases.map(\.rawValue)
      let nearest = NearestName.of(node.scalar?.string ?? "", among: words)
      throw reader.problem(
        node,
        "\(key) is \(node.inWords), but must be one of \(words.joined(separator: ", "))"
          + (nearest.map { "; did you mean \($0)?" } ?? ""))
    }
    return choice
  }

  /// One of the words that `type` has; `fallback` if the key is missing.
  public func choice<Choice: RawRepresentable & CaseIterable>(
    _ key: String, _ type: Choice.Type, default fallback: Choice
  ) throws -> Choice where Choice.RawValue == String {
    try value(key).map { try choice($0, key, type) } ?? fallback
  }

  /// Errors of a value's own checks, with the line of its key.
  public func checked<Value>(_ key: String, _ make: () throws -> Value) throws -> Value {
    do {
      return try make()
    } catch let error as UserError where reader.isPlaced(error) {
      throw error
    } catch {
      throw reader.problem(value(key) ?? node, SentenceStyle.continued("\(error)"))
    }
  }
}
