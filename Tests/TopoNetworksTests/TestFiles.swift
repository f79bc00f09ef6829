import Foundation

/// A folder that lasts as long as this object.
final class TemporaryFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "toposheet-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// A safetensors file with `header` and as many bytes of data, all zero unless given.
  func safetensors(_ header: String, data: Int = 0, bytes: [UInt8]? = nil) throws -> URL {
    let length = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) }
    let body = bytes ?? [UInt8](repeating: 0, count: data)
    return try write(length + Array(header.utf8) + body)
  }

  func write(_ bytes: [UInt8]) throws -> URL {
    let file = url.appending(path: "\(UUID().uuidString).safetensors")
    try Data(bytes).write(to: file)
    return file
  }
}

/// A file of `Tests/Fixtures`.
func fixture(_ name: String) -> URL {
  URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures/\(name)")
}

/// What an error says.
func message(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "no error"
  } catch {
    return "\(error)"
  }
}
