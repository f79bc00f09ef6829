import Foundation

/// A `.npy` file that stays open, to be read in parts; several threads may read at once.
public final class NPYFile: Sendable {
  /// Where it was opened.
  public let url: URL
  /// Extents, slowest first.
  public let shape: [Int]
  /// NumPy's code of the element type: `|u1`, `<i8`.
  public let elementCode: String
  /// Bytes of an element.
  public let elementSize: Int
  private let file: Int32
  private let start: Int

  /// Opens a file of integers or floating-point numbers in C order and checks its size.
  /// - Throws: `UserError` when it is not such a file, or is cut short.
  public static func open(_ url: URL) throws -> NPYFile {
    let file = Glibc.open(url.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else {
      throw UserError(url, "cannot be opened (\(UserError.systemReason)); check the path")
    }
    do {
      return try NPYFile(file, url)
    } catch {
      close(file)
      throw error
    }
  }

  private convenience init(_ file: Int32, _ url: URL) throws {
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      let isFolder = status.st_mode & S_IFMT == S_IFDIR
      throw UserError(
        url, "is \(isFolder ? "a folder, " : "")not a regular file; give the path of a file")
    }
    let size = Int(status.st_size)
    let prefix = try Self.read(file, 0..<min(size, NPYHeader.prefix), url)
    let end = min(size, try NPYHeader.end(of: prefix[...], url: url))
    let header = try NPYHeader(
      try Self.read(file, 0..<end, url)[...], fileSize: size, url: url)
    // `|u1`, `<f4`: the digits are the bytes.
    guard let elementSize = Int(header.code.drop { "<>|=".contains($0) }.dropFirst()),
      (1...16).contains(elementSize)
    else {
      throw UserError(
        url, "holds elements of type \(header.code); convert it to uint8, int64 or float32")
    }
    try header.checkSize(size - header.start, elementSize: elementSize, url: url)
    self.init(file, url, header, elementSize)
  }

  private init(_ file: Int32, _ url: URL, _ header: NPYHeader, _ elementSize: Int) {
    self.file = file
    self.url = url
    self.elementSize = elementSize
    shape = header.shape
    elementCode = header.code
    start = header.start
  }

  deinit { close(file) }

  /// The bytes of some elements, counted in row-major order.
  /// - Throws: `UserError` when the file became shorter or cannot be read.
  public func bytes(of elements: Range<Int>) throws -> [UInt8] {
    precondition(
      elements.lowerBound >= 0 && elements.upperBound <= shape.reduce(1, *), "elements exist")
    let first = start + elements.lowerBound * elementSize
    return try Self.read(file, first..<first + elements.count * elementSize, url)
  }

  /// Distinguishes files without reading a large one completely: CRC-32 of the extents and of up to 256
  /// pages, evenly spread.
  /// - Throws: as `bytes`.
  public func fingerprint() throws -> UInt32 {
    var checksum = Checksum()
    shape.withUnsafeBytes { checksum.add($0) }
    let (size, page) = (shape.reduce(1, *) * elementSize, 4096)
    let pages = max(1, min(256, size / page))
    for index in 0..<pages {
      let first = start + (size - min(size, page)) / max(pages - 1, 1) * index
      let last = min(first + page, start + size)
      try Self.read(file, first..<last, url).withUnsafeBytes { checksum.add($0) }
    }
    return checksum.value
  }

  private static func read(_ file: Int32, _ range: Range<Int>, _ url: URL) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: range.count) { buffer, initialized in
      while initialized < range.count {
        guard let place = buffer.baseAddress else { return }
        let got = pread(
          file, place + initialized, range.count - initialized, range.lowerBound + initialized)
        if got < 0 && errno == EINTR { continue }
        guard got > 0 else {
          let reason = got == 0 ? "it became shorter meanwhile" : UserError.systemReason
          throw UserError(url, "cannot be read (\(reason)); try again")
        }
        initialized += got
      }
    }
  }
}
