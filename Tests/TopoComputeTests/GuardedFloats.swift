/// Floats between others that must stay.
struct GuardedFloats {
  private static let margin = 64
  private static let mark: Float = -7.5e30
  private var floats: [Float]
  private let count: Int

  init(_ count: Int, _ value: (Int) -> Float = { _ in .nan }) {
    let around = [Float](repeating: Self.mark, count: Self.margin)
    floats = around + (0..<count).map(value) + around
    self.count = count
  }

  mutating func write(_ body: (UnsafeMutablePointer<Float>) -> Void) {
    floats.withUnsafeMutableBufferPointer { buffer in
      if let base = buffer.baseAddress { body(base + Self.margin) }
    }
  }

  func read(_ body: (UnsafePointer<Float>) -> Void) {
    floats.withUnsafeBufferPointer { buffer in
      if let base = buffer.baseAddress { body(base + Self.margin) }
    }
  }

  var values: [Float] { Array(floats[Self.margin..<Self.margin + count]) }
  var bits: [UInt32] { values.map(\.bitPattern) }
  var marksAreKept: Bool {
    floats.prefix(Self.margin).allSatisfy { $0 == Self.mark }
      && floats.suffix(Self.margin).allSatisfy { $0 == Self.mark }
  }
}
