import Foundation

/// Writes safetensors files.
package enum SafetensorsWriter {
  /// Values to write.
  package enum Values {
    case float32([Float])
    case int64([Int64])

    var type: SafetensorsFile.ElementType {
      switch self {
      case .float32: .float32
      case .int64: .int64
      }
    }

    var count: Int {
      switch self {
      case .float32(let values): values.count
      case .int64(let values): values.count
      }
    }
  }

  /// A tensor to write.
  package struct Tensor {
    package var name: String
    package var shape: [Int]
    package var values: Values

    /// A tensor with its name and extents.
    package init(name: String, shape: [Int], values: Values) {
      self.name = name
      self.shape = shape
      self.values = values
    }
  }

  /// Writes a file, whole or not at all. Wider types come first and the header is filled up to a
  /// multiple of 8 bytes, so every tensor is aligned; the same values give the same bytes.
  /// - Throws: `UserError`.
  package static func write(_ tensors: [Tensor], metadata: [String: String], to url: URL) throws {
    let wide = tensors.filter { $0.values.type.size == 8 }
    let ordered = wide + tensors.filter { $0.values.type.size != 8 }
    var fields: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key < $1.key }.map {
        "\(quoted($0.key)):\(quoted($0.value))"
      }
      fields.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
    }
    var offset = 0
    for tensor in ordered {
      let end = offset + tensor.values.count * tensor.values.type.size
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      fields.append(
        "\(quoted(tensor.name)):{\"dtype\":\"\(tensor.values.type.rawValue)\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(offset),\(end)]}")
      offset = end
    }
    var header = "{\(fields.joined(separator: ","))}"
    header += String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
    try AtomicFile.write(to: url) { file in
      try file.append([UInt64(header.utf8.count).littleEndian])
      try file.append(header)
      for tensor in ordered {
        switch tensor.values {
        case .float32(let values): try file.append(values)
        case .int64(let values): try file.append(values)
        }
      }
    }
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
