import Foundation
import TopoFoundation

/// An event file of TensorBoard: a first event that names the format, then an event for each step.
///
/// Programs that watch the file keep it open, so events are added to it rather than the file
/// replaced. A killed process may leave a part of an event, which its checksums reveal; the next
/// one removes it.
struct EventFile {
  /// A value of an event.
  enum Value {
    case scalar(Float)
    /// A PNG file, with its extents in pixels.
    case image([UInt8], rows: Int, columns: Int)
  }

  private let url: URL
  /// The last step of the whole events; nil without any.
  let lastStep: Int?
  /// The latest time of the whole events, in seconds since 1970; nil without any.
  private let lastTime: Double?
  /// Bytes of the whole events.
  private let end: Int

  /// The file at a place, where there may be none.
  /// - Throws: `UserError` if it cannot be read, or is not an event file.
  init(_ url: URL) throws {
    self.url = url
    guard FileManager.default.fileExists(atPath: url.path) else {
      (lastStep, lastTime, end) = (nil, nil, 0)
      return
    }
    let bytes = try FileContents.read(url)
    let (records, end) = RecordFraming.records(in: bytes)
    self.end = end
    lastStep = records.compactMap(Self.step).max()
    lastTime = records.compactMap(Self.time).filter(\.isFinite).max()
    // A killed process leaves the beginning of an event in a new file.
    guard let first = records.first.map(Array.init) else {
      let header = RecordFraming.framed(Self.header(time: 0))
      guard bytes.count < header.count else { throw Self.foreign(url) }
      return
    }
    guard first.suffix(Self.version.utf8.count) == Array(Self.version.utf8)[...] else {
      throw Self.foreign(url)
    }
  }

  private static func foreign(_ url: URL) -> UserError {
    UserError(url, "is not an event file; move it out of the way")
  }

  /// Adds events, each whole or not at all.
  /// - Parameters:
  ///   - events: steps above `lastStep`, with their values by tag, in order.
  ///   - time: when they happened, in seconds since 1970. An event is at least a millisecond later
  ///     than the one before, also if the clock was set back: readers show the time since the first
  ///     event, and Aim leaves out what is not later than the last one.
  /// - Throws: `UserError` if the file cannot be written.
  func append(_ events: [(step: Int, values: [(tag: String, value: Value)])], time: Double) throws {
    var last = lastTime ?? -.infinity
    let records =
      (end == 0 ? [Self.header(time: time)] : [])
      + events.map { event in
        last = max(time, last + 0.001)
        return Self.event(step: event.step, values: event.values, time: last)
      }
    let bytes = records.flatMap(RecordFraming.framed)
    guard !bytes.isEmpty else { return }
    let file = open(url.path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o666)
    guard file >= 0, ftruncate(file, off_t(end)) == 0, lseek(file, off_t(end), SEEK_SET) >= 0 else {
      let reason = UserError.systemReason
      if file >= 0 { close(file) }
      throw UserError(url, "cannot be written (\(reason)); make its folder one you may write to")
    }
    defer { close(file) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else {
        throw UserError(url, "cannot be written (\(UserError.systemReason)); is the disk full?")
      }
      rest = rest.dropFirst(written)
    }
  }

  // MARK: Messages of tensorflow/core/util/event.proto and framework/summary.proto

  private static let version = "brain.Event:2"

  private static func header(time: Double) -> [UInt8] {
    var event = ProtocolBuffer()
    event.add(1, double: time)
    event.add(3, text: version)
    return event.bytes
  }

  private static func event(
    step: Int, values: [(tag: String, value: Value)], time: Double
  ) -> [UInt8] {
    var summary = ProtocolBuffer()
    for (tag, value) in values { summary.add(1, bytes: message(tag, value)) }
    var event = ProtocolBuffer()
    event.add(1, double: time)
    event.add(2, integer: step)
    event.add(5, bytes: summary.bytes)
    return event.bytes
  }

  private static func message(_ tag: String, _ value: Value) -> [UInt8] {
    var message = ProtocolBuffer()
    message.add(1, text: tag)
    switch value {
    case .scalar(let number): message.add(2, float: number)
    case .image(let png, let rows, let columns):
      var image = ProtocolBuffer()
      image.add(1, integer: rows)
      image.add(2, integer: columns)
      // RGB.
      image.add(3, integer: 3)
      image.add(4, bytes: png)
      message.add(4, bytes: image.bytes)
    }
    return message.bytes
  }

  /// The time of an event.
  private static func time(_ record: ArraySlice<UInt8>) -> Double? {
    guard record.count >= 9, record.first == 0x09 else { return nil }
    let bits = record.dropFirst().prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return Double(bitPattern: bits)
  }

  /// The step of an event as `event` writes it: after the time, which takes 9 bytes.
  private static func step(_ record: ArraySlice<UInt8>) -> Int? {
    let rest = record.dropFirst(9)
    guard rest.first == 0x10 else { return nil }
    var (value, shift) = (0, 0)
    for byte in rest.dropFirst().prefix(9) {
      value |= Int(byte & 0x7F) << shift
      shift += 7
      if byte < 0x80 { return value }
    }
    return nil
  }
}
