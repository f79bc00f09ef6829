import Yams

/// A value that replaces or adds one of a YAML file, as `--set` of the command line gives it:
/// `epochs=3`, `conditions.ws.lambda=[0.5, 1]`, `evaluation.subset=1000`.
///
/// The part before the first `=` is a path of keys with dots between them. An item of a list is
/// named by its position, from 1, or by its name: of a condition the penalty, of any other item its
/// first key. The part after it is YAML. Without a value, the key or the item is removed.
public struct YAMLSetting: Sendable, Hashable {
  /// The keys and positions, from the outermost on.
  public let path: [String]
  /// The YAML of the value; empty to remove it.
  public let value: String

  /// Reads `key=value`.
  /// - Throws: `UserError` if the text is not of that form.
  public init(_ text: String) throws {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let keys = parts[0].split(separator: ".", omittingEmptySubsequences: false)
      .map { SelectionText.trimmed($0) }
    guard parts.count == 2, keys.allSatisfy({ !$0.isEmpty }) else {
      throw UserError(
        "--set \(text): is not a key with a value; write it as epochs=3 or "
          + "conditions.ws.lambda=[0.5,1]")
    }
    path = keys
    value = String(parts[1])
  }

  /// The keys with dots between them.
  public var key: String { path.joined(separator: ".") }

  /// What errors name as the place.
  public var place: String {
    let text = "\(key)=\(value)"
    let isShort = text.count <= 60 && !text.contains(where: \.isNewline)
    return "--set " + (isShort ? text : "\(key)=...")
  }
}
