/// A safetensors header: what its JSON says, before anything is checked against the data.
struct SafetensorsHeader {
  /// One tensor's entry.
  struct Entry {
    var name: String
    var type: String
    var shape: [Int]
    /// First byte and the one after the last, counted from the end of the header.
    var begin: Int
    var end: Int
  }

  /// Tensors in the order of the header.
  var entries: [Entry] = []
  /// What `__metadata__` says.
  var metadata: [String: String] = [:]

  /// Reads the JSON.
  /// - Throws: `SafetensorsJSON.Failure`, also for a name that occurs twice, which a general JSON
  ///   reader would let pass.
  init(_ bytes: ArraySlice<UInt8>) throws {
    var json = SafetensorsJSON(bytes)
    var names: Set<String> = []
    try json.object { json, name in
      guard names.insert(name).inserted else { throw json.failure("names \(name) twice") }
      if name == "__metadata__" {
        try json.object { json, key in
          guard metadata.updateValue(try json.string(), forKey: key) == nil else {
            throw json.failure("has the metadata \(key) twice")
          }
        }
      } else {
        entries.append(try Self.entry(name, &json))
      }
    }
    try json.end()
  }

  private static func entry(_ name: String, _ json: inout SafetensorsJSON) throws -> Entry {
    var type: String?
    var shape: [Int]?
    var offsets: [Int]?
    try json.object { json, key in
      switch key {
      case "dtype" where type == nil: type = try json.string()
      case "shape" where shape == nil: shape = try json.numbers()
      case "data_offsets" where offsets == nil: offsets = try json.numbers()
      default: throw json.failure("has an unexpected \"\(key)\" in the entry of \(name)")
      }
    }
    guard let type, let shape, let offsets, offsets.count == 2 else {
      throw json.failure(
        "lacks dtype, shape or the two data_offsets in the entry of \(name)")
    }
    return Entry(name: name, type: type, shape: shape, begin: offsets[0], end: offsets[1])
  }
}
