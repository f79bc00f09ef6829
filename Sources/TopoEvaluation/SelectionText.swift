/// Lists as options have them.
enum SelectionText {
  /// The parts between commas, without spaces around them and without empty parts. Spaces within a
  /// part stay: `1 2` is not 12.
  static func items(_ text: String) -> [String] {
    text.split(separator: ",").compactMap { part in
      let item = part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
      return item.isEmpty ? nil : String(item)
    }
  }
}
