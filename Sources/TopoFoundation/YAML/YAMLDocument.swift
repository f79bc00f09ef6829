import Yams

/// The text of a YAML file, and settings that change it when it is read.
public struct YAMLDocument: Sendable, Hashable {
  /// The text of the file.
  public var text: String
  /// Its name in errors.
  public var file: String
  /// What is changed, in order.
  public var settings: [YAMLSetting]

  /// A text.
  public init(text: String, file: String, settings: [YAMLSetting] = []) {
    (self.text, self.file, self.settings) = (text, file, settings)
  }

  /// The content after the settings, and a reader of it whose errors name the line of the file or
  /// the setting.
  /// - Parameter example: an example file that errors point to.
  /// - Throws: `UserError` if the text or a setting is not YAML, or a setting does not fit.
  public func read(example: String = "Plans/demo.yaml") throws -> (root: Node, reader: YAMLReader) {
    var reader = YAMLReader(file: file, example: example)
    var root = try reader.document(text)
    if let twice = settings.indices.first(where: { index in
      settings[..<index].contains { $0.key == settings[index].key }
    }) {
      throw UserError("--set \(settings[twice].key)=...: is given twice; keep one")
    }
    // Nodes know the line that they came from. Those of settings get lines after those of the file.
    var line = text.count { $0.isNewline } + 2
    for setting in settings {
      reader.settings.append((line, setting.place))
      let value = try Self.compose(setting.value, line, reader)
      if value == nil, let key = setting.path.last { reader.removals.append((key, setting.place)) }
      root = try SettingPath(setting: setting, line: line, reader: reader).apply(value, to: root)
      line += setting.value.count { $0.isNewline } + 2
    }
    return (root, reader)
  }

  /// The value of a setting; null if it is empty.
  private static func compose(_ text: String, _ line: Int, _ reader: YAMLReader) throws -> Node? {
    do {
      let node = try Yams.compose(yaml: String(repeating: "\n", count: line - 1) + text)
      return node?.null == nil ? node : nil
    } catch {
      let place = reader.settings.last?.place ?? ""
      throw UserError(
        "\(place): the value is not YAML; write a number, a word, or a list as [a, b]")
    }
  }
}
