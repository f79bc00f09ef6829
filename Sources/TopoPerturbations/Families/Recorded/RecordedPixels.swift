import Foundation
import TopoData
import TopoFoundation

/// How a file holds the pixels of images: as bytes from 0 to 255, or as little-endian
/// floating-point numbers from 0 to 1, which are used unchanged (`k / 255` in float32 is the byte
/// `k`).
enum RecordedPixels {
  case bytes
  case float32
  case float64

  /// - Parameter code: NumPy's, of the element type; nil for another one.
  init?(code: String) {
    switch code {
    case "|u1": self = .bytes
    case "<f4": self = .float32
    case "<f8": self = .float64
    default: return nil
    }
  }

  /// Elements that are checked in one place of a file before it is used, and such places.
  private static let (portion, places) = (4096, 64)

  /// Looks at some of a file's values, evenly spread, or all of a small file: a mistake in their
  /// range should be reported before a long run begins.
  /// - Throws: `UserError` for numbers outside [0, 1], and if all are black: that is what images
  ///   in [0, 1] become when they are cast to bytes.
  static func check(_ file: NPYFile) throws {
    let count = file.shape.reduce(1, *)
    var largest: Float = 0
    for place in 0..<places {
      let first = max(0, count - portion) / (places - 1) * place
      let values = try values(of: file, first..<min(count, first + portion))
      largest = max(largest, values.max() ?? 0)
      if first + portion >= count { break }
    }
    guard largest <= ImageSet.unitValues[1] else { return }
    throw UserError(
      file.url,
      file.elementCode == "|u1"
        ? "holds no byte above 1: its images were cast while they went from 0 to 1, and are black; "
          + "write them again with (255 * x).round().astype(\"uint8\")"
        : "holds no number above \(largest): its images are black; were they divided by 255 twice? "
          + "write them again, from 0 to 1")
  }

  /// Pixels from 0 to 1, by the elements' places in the file.
  /// - Throws: `UserError` when they cannot be read, or are not from 0 to 1.
  static func values(of file: NPYFile, _ elements: Range<Int>) throws -> [Float] {
    let bytes = try file.bytes(of: elements)
    let values: [Float]
    switch RecordedPixels(code: file.elementCode) {
    case .float32: values = floats(bytes) { (word: UInt32) in Float(bitPattern: word) }
    case .float64: values = floats(bytes) { (word: UInt64) in Float(Double(bitPattern: word)) }
    case .bytes, nil:
      return ImageSet.unitValues.withUnsafeBufferPointer { unit in bytes.map { unit[Int($0)] } }
    }
    // A comparison with what is not a number is false.
    if let wrong = values.firstIndex(where: { !($0 >= 0 && $0 <= 1) }) {
      throw UserError(
        file.url,
        "holds \(values[wrong]) at element \(elements.lowerBound + wrong), but images of "
          + "floating-point numbers go from 0 to 1; write images that go from 0 to 255 with "
          + "x.round().astype(\"uint8\")")
    }
    return values
  }

  private static func floats<Word: FixedWidthInteger & BitwiseCopyable>(
    _ bytes: [UInt8], _ value: (Word) -> Float
  ) -> [Float] {
    let size = MemoryLayout<Word>.size
    return bytes.withUnsafeBytes { source in
      (0..<source.count / size).map { index in
        value(Word(littleEndian: source.loadUnaligned(fromByteOffset: index * size, as: Word.self)))
      }
    }
  }
}
