import Foundation

/// A safetensors file that was read and checked: every tensor lies within the file, none overlap,
/// and no byte is left over.
public struct SafetensorsFile: Sendable {
  /// Element types by the names that the format gives them.
  public enum ElementType: String, Sendable, Hashable {
    case bool = "BOOL"
    case uint8 = "U8"
    case int8 = "I8"
    case uint16 = "U16"
    case int16 = "I16"
    case float16 = "F16"
    case bfloat16 = "BF16"
    case uint32 = "U32"
    case int32 = "I32"
    case float32 = "F32"
    case uint64 = "U64"
    case int64 = "I64"
    case float64 = "F64"

    /// Bytes of one element.
    public var size: Int {
      switch self {
      case .bool, .uint8, .int8: 1
      case .uint16, .int16, .float16, .bfloat16: 2
      case .uint32, .int32, .float32: 4
      case .uint64, .int64, .float64: 8
      }
    }
  }

  /// One tensor of the file.
  public struct Entry: Sendable, Hashable {
    /// Its name.
    public let name: String
    /// Type of its elements.
    public let elementType: ElementType
    /// Extents, slowest first; none for a scalar.
    public let shape: [Int]
    /// The range of its elements in `bytes`.
    let range: Range<Int>

    /// Number of elements.
    public var count: Int { range.count / elementType.size }
  }

  /// The file.
  public let url: URL
  /// Its tensors, in the order of its header.
  public let entries: [Entry]
  /// Its `__metadata__`.
  public let metadata: [String: String]
  let bytes: [UInt8]

  /// The largest header that the format allows.
  private static let largestHeader = 100_000_000

  /// Reads and checks a file.
  /// - Throws: `UserError`.
  public init(contentsOf url: URL) throws {
    let bytes = try FileContents.read(url)
    if let foreign = ForeignModelFile(bytes) { throw UserError(url, foreign.problem) }
    guard bytes.count >= 8 else {
      throw UserError(
        url,
        "has \(bytes.count.counted("byte")), less than a safetensors file's first 8; copy it "
          + "again")
    }
    let length = bytes[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(bytes.count - 8) else {
      throw UserError(
        url,
        "states a header of \(length) bytes but has only \(bytes.count - 8) after its length; it "
          + "is cut short or no safetensors file, copy it again")
    }
    guard length <= UInt64(Self.largestHeader) else {
      throw UserError(
        url, "states a header of \(length) bytes, more than safetensors allow; write it again")
    }
    let start = 8 + Int(length)
    let header: SafetensorsHeader
    do {
      header = try SafetensorsHeader(bytes[8..<start])
    } catch let failure as SafetensorsJSON.Failure {
      throw UserError(url, "its header \(failure.reason); save it again with safetensors")
    }
    entries = try header.entries.map { try Self.check($0, dataFrom: start, of: bytes.count, url) }
    try Self.checkCover(entries, from: start, to: bytes.count, url)
    metadata = header.metadata
    self.url = url
    self.bytes = bytes
  }

  /// A file from its checked parts.
  init(url: URL, entries: [Entry], metadata: [String: String], bytes: [UInt8]) {
    (self.url, self.entries, self.metadata, self.bytes) = (url, entries, metadata, bytes)
  }

  /// Tensors may begin at any byte: the format asks for no alignment.
  private static func check(
    _ entry: SafetensorsHeader.Entry, dataFrom start: Int, of total: Int, _ url: URL
  ) throws -> Entry {
    guard let type = ElementType(rawValue: entry.type) else {
      throw UserError(
        url, "holds \(entry.name) in the type \(entry.type), which is not known; save it as F32")
    }
    guard entry.begin <= entry.end, entry.end <= total - start else {
      throw UserError(
        url,
        "places \(entry.name) at bytes \(entry.begin) to \(entry.end) of \(total - start); it is "
          + "cut short or damaged, copy it again")
    }
    var size = type.size
    for extent in entry.shape {
      let (product, overflow) = size.multipliedReportingOverflow(by: extent)
      guard !overflow else {
        throw UserError(
          url,
          "gives \(entry.name) the shape \(entry.shape), which is too large to be counted; "
            + "it is damaged, copy it again")
      }
      size = product
    }
    guard entry.end - entry.begin == size else {
      throw UserError(
        url,
        "gives \(entry.name) \((entry.end - entry.begin).counted("byte")), but \(type.rawValue) "
          + "of shape "
          + "\(entry.shape) takes \(size); it is damaged, save it again")
    }
    return Entry(
      name: entry.name, elementType: type, shape: entry.shape,
      range: start + entry.begin..<start + entry.end)
  }

  /// Every byte of the data belongs to exactly one tensor.
  private static func checkCover(
    _ entries: [Entry], from start: Int, to end: Int, _ url: URL
  ) throws {
    var covered = start
    var last = "the header"
    let ordered = entries.sorted {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }
    for entry in ordered {
      guard entry.range.lowerBound >= covered else {
        throw UserError(
          url, "has \(last) and \(entry.name) overlap; it is damaged, save it again")
      }
      guard entry.range.lowerBound == covered else {
        throw UserError(
          url,
          "has a gap of \((entry.range.lowerBound - covered).counted("byte")) between \(last) and "
            + "\(entry.name); it is damaged, save it again")
      }
      covered = entry.range.upperBound
      last = entry.name
    }
    guard covered == end else {
      throw UserError(
        url,
        "has \((end - covered).counted("byte")) after its last tensor; it is damaged, save it "
          + "again")
    }
  }
}
