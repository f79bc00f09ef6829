import Foundation
import Synchronization
import TopoFoundation

/// Where `toposheet tune` keeps what it found: a file per device and driver.
///
/// `TOPOSHEET_TUNING` names the folder, or is `off`. Without it, it lies below `$XDG_CACHE_HOME` or
/// `~/.cache`.
public struct TuningFolder: Sendable {
  /// Where the files are.
  public let url: URL
  /// Called with the reason if a file is not used.
  var log: @Sendable (String) -> Void = TuningFolder.logOnce

  /// A folder.
  public init(_ url: URL) { self.url = url }

  /// The folder that the environment asks for; nil if it asks for none.
  public init?(environment: [String: String] = ProcessInfo.processInfo.environment) {
    switch CacheFolder.Choice("TOPOSHEET_TUNING", environment: environment) {
    case .off: return nil
    case .folder(let folder): url = folder
    case .standard:
      guard let folder = CacheFolder.url("toposheet/tuning", environment: environment) else {
        return nil
      }
      url = folder
    }
  }

  /// The file of a device: its name, and twelve digits of the SHA-256 of name and driver.
  public func file(for device: DeviceInformation) -> URL {
    let digest = SHA256.hex(Array("\(device.name)\n\(device.driver)".utf8)).prefix(12)
    return url.appending(path: "\(Self.slug(device))-\(digest).txt")
  }

  /// What was found on a device with its present driver; nil if there is nothing.
  /// - Throws: `DeviceError` when the file is malformed.
  public func table(for device: DeviceInformation) throws -> TuningTable? {
    let place = file(for: device)
    guard let bytes = try? Data(contentsOf: place) else {
      if FileManager.default.fileExists(atPath: place.path) {
        throw DeviceError("\(place.path): cannot be read; \(TuningFile.remedy)")
      }
      if let other = otherDrivers(device).first {
        log("\(other.path) is of another driver and not used; run `toposheet tune` again")
      }
      return nil
    }
    guard let text = String(data: bytes, encoding: .utf8) else {
      throw DeviceError("\(place.path), line 1: is no text; \(TuningFile.remedy)")
    }
    guard let file = try TuningFile(text: text, name: place.path) else {
      log("\(place.path) is of another version and not used; run `toposheet tune` again")
      return nil
    }
    guard (file.device, file.driver) == (device.name, device.driver) else {
      log("\(place.path) is of another device or driver and not used; run `toposheet tune` again")
      return nil
    }
    return file.table
  }

  /// Files of devices of the same name.
  private func otherDrivers(_ device: DeviceInformation) -> [URL] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
    let start = Self.slug(device) + "-"
    return names.sorted().filter { name in
      name.hasPrefix(start) && name.hasSuffix(".txt") && name.count == start.count + 16
    }.map { url.appending(path: $0) }
  }

  private static func slug(_ device: DeviceInformation) -> String {
    let words = device.name.lowercased().unicodeScalars.split { scalar in
      !("a"..."z").contains(scalar) && !("0"..."9").contains(scalar)
    }
    return String(words.map { String($0) }.joined(separator: "-").prefix(80))
  }

  private static let logged = Mutex<Set<String>>([])

  /// One line on standard error, however many devices are opened.
  static func logOnce(_ text: String) {
    guard logged.withLock({ $0.insert(text).inserted }) else { return }
    try? FileHandle.standardError.write(contentsOf: Data("tuning: \(text)\n".utf8))
  }
}
