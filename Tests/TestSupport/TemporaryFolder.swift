import Foundation

/// A folder that lasts as long as this object.
package final class TemporaryFolder: Sendable {
  package let url: URL

  package init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "toposheet-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  @discardableResult
  package func write(_ bytes: [UInt8], to path: String) throws -> URL {
    let file = url.appending(path: path)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
    return file
  }

  /// A safetensors file with `header` and as many bytes of data, all zero unless given.
  package func safetensors(_ header: String, data: Int = 0, bytes: [UInt8]? = nil) throws -> URL {
    let length = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) }
    let body = bytes ?? [UInt8](repeating: 0, count: data)
    return try write(
      length + Array(header.utf8) + body, to: "\(UUID().uuidString).safetensors")
  }
}
