/// What an error says.
package func message(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "no error"
  } catch {
    return "\(error)"
  }
}

/// The names in an error's `one of a, b` or `choose from a, b, or c.`
package func offeredNames(_ sentence: String) -> [String] {
  for start in ["one of ", "choose from "] {
    guard let rest = sentence.split(separator: start, maxSplits: 1).dropFirst().first else {
      continue
    }
    return rest.prefix { $0 != ";" }.split(separator: ", ").map { part in
      var name = part.hasPrefix("or ") ? part.dropFirst(3) : part
      if name.hasSuffix(".") { name = name.dropLast() }
      return String(name)
    }
  }
  return []
}
