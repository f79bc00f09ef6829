import Foundation
import TopoCompute
import TopoFoundation

extension StateDictionary {
  /// The metadata key under which a file keeps its architecture, as JSON.
  public static let architectureKey = "toposheet.architecture"

  /// Reads the tensors of `architecture` from a safetensors file, ours or PyTorch's. Names of
  /// wrappers (`module.conv1.weight`) are removed, see `SafetensorsFile.unwrapped`.
  /// - Throws: `UserError` if the file is corrupt, tensors are missing, superfluous or of another
  ///   shape or type, or a value is not finite.
  public static func load(
    from url: URL, for architecture: Architecture
  ) throws -> StateDictionary {
    try load(from: SafetensorsFile(contentsOf: url), for: architecture).network
  }

  /// The same for a file that has been read.
  /// - Returns: the tensors, and the prefix that was removed from their names (`module.`), if any.
  /// - Throws: `UserError`, as above.
  public static func load(
    from file: SafetensorsFile, for architecture: Architecture
  ) throws -> (network: StateDictionary, wrapper: String?) {
    let names = Set(file.entries.map(\.name))
    if !architecture.parameters.allSatisfy({ names.contains($0.name) }),
      let (inner, wrapper) = file.unwrapped
    {
      let inside = Set(inner.entries.map(\.name))
      if architecture.parameters.contains(where: { inside.contains($0.name) }) {
        return (try read(inner, for: architecture), wrapper)
      }
    }
    return (try read(file, for: architecture), nil)
  }

  private static func read(
    _ file: SafetensorsFile, for architecture: Architecture
  ) throws -> StateDictionary {
    let entries = Dictionary(uniqueKeysWithValues: file.entries.map { ($0.name, $0) })
    let counters = Set(counters(of: architecture))
    let missing = architecture.parameters.map(\.name).filter { entries[$0] == nil }
    guard missing.isEmpty else {
      throw UserError(
        file.url,
        "lacks \(list(missing)), which architecture \(architecture.name) needs; "
          + "is it a model of another architecture?")
    }
    let wanted = Set(architecture.parameters.map(\.name)).union(counters)
    let extra = file.entries.map(\.name).filter { !wanted.contains($0) }
    guard extra.isEmpty else {
      throw UserError(
        file.url,
        "holds \(list(extra)), which architecture \(architecture.name) does not "
          + "have; is it a model of another architecture?")
    }
    let tensors = try architecture.parameters.map { parameter in
      // Present, as checked above.
      try entries[parameter.name].map { try values(of: $0, for: parameter, in: file) } ?? []
    }
    return StateDictionary(
      architecture: architecture, tensors: tensors,
      batchesTracked: try batchesTracked(counters.sorted().compactMap { entries[$0] }, in: file))
  }

  /// The first of some names, and how many more there are: another network may have hundreds.
  private static func list(_ names: [String]) -> String {
    let shown = 8
    return names.prefix(shown).joined(separator: ", ")
      + (names.count > shown ? " and \(names.count - shown) more" : "")
  }

  private static func values(
    of entry: SafetensorsFile.Entry, for parameter: ParameterDescription, in file: SafetensorsFile
  ) throws -> [Float] {
    guard entry.shape == parameter.shape else {
      throw UserError(
        file.url,
        "gives \(entry.name) the shape \(entry.shape), but the architecture has "
          + "\(parameter.shape); is it a model of another architecture, sheet or number of classes?"
      )
    }
    guard let values = file.floats(entry) else {
      throw UserError(
        file.url, "holds \(entry.name) in the type \(entry.elementType.rawValue); save it as F32")
    }
    if let index = values.firstIndex(where: { !$0.isFinite }) {
      throw UserError(
        file.url,
        "has a value that is not finite (\(values[index])) in \(entry.name) at index \(index); "
          + "its training went wrong, use another model")
    }
    return values
  }

  /// The largest count, of any type: a whole model may have been cast. Only training uses it.
  private static func batchesTracked(
    _ entries: [SafetensorsFile.Entry], in file: SafetensorsFile
  ) throws -> Int64 {
    var count: Int64 = 0
    for entry in entries {
      let values = file.integers(entry)
      guard values.count == 1 else {
        throw UserError(
          file.url,
          "holds \(entry.name) of shape \(entry.shape), where PyTorch has one number; save it again"
        )
      }
      count = max(count, values[0])
    }
    return count
  }

  /// PyTorch keeps a count of steps in each batch normalization.
  private static func counters(of architecture: Architecture) -> [String] {
    architecture.parameters.filter { $0.role == .runningVariance }
      .map { $0.name.replacingOccurrences(of: ".running_var", with: ".num_batches_tracked") }
  }

  /// Writes a safetensors file that PyTorch's `load_state_dict(strict=True)` takes, with the
  /// architecture in its metadata; whole or not at all.
  /// - Parameter metadata: further entries about the model.
  /// - Throws: `UserError`.
  public func save(to url: URL, metadata: [String: String] = [:]) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var metadata = metadata
    metadata[Self.architectureKey] = String(
      decoding: try encoder.encode(architecture), as: UTF8.self)
    let values = zip(architecture.parameters, tensors).map {
      SafetensorsWriter.Tensor(name: $0.name, shape: $0.shape, values: .float32($1))
    }
    let counters = Self.counters(of: architecture).map {
      SafetensorsWriter.Tensor(name: $0, shape: [], values: .int64([batchesTracked]))
    }
    try SafetensorsWriter.write(values + counters, metadata: metadata, to: url)
  }
}
