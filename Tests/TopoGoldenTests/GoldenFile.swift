import Foundation
import Testing
import TopoFoundation

/// A file of golden values, which `Tests/Golden/generate.py` made with PyTorch.
struct GoldenFile: Sendable {
  /// A tensor of the file.
  struct Values: Sendable {
    /// Extents, slowest first; of layers, penalties and optimizers the first one is the member.
    var shape: [Int]
    /// Elements, row-major.
    var elements: [Float]
  }

  private let tensors: [String: Values]

  /// Reads `Tests/Golden/<name>.safetensors`.
  init(_ name: String) throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let file = try SafetensorsFile(
      contentsOf: folder.appending(path: "Golden/\(name).safetensors"))
    var tensors: [String: Values] = [:]
    for entry in file.entries {
      tensors[entry.name] = Values(
        shape: entry.shape, elements: try #require(file.floats(entry), "\(entry.name)"))
    }
    self.tensors = tensors
  }

  /// The tensor called `name`.
  subscript(name: String) -> Values {
    get throws { try #require(tensors[name], "the golden file has no \(name)") }
  }

  /// Whether there is a tensor of that name.
  func has(_ name: String) -> Bool { tensors[name] != nil }

  /// Cases of a family: the part before the slash of all names that begin with `family` and a
  /// point, sorted.
  func cases(of family: String) -> [String] {
    let names = tensors.keys.filter { $0.hasPrefix(family + ".") }
    return Set(names.compactMap { $0.split(separator: "/").first.map(String.init) }).sorted()
  }
}
