import TopoFoundation

/// `Poisson(x c) / c`: what a sensor that counts `c` photons for white would see.
final class ShotNoise: CorruptionWorker {
  private let tables: [PoissonTable]
  /// The byte for each number of photons.
  private let bytes: [UInt8]
  private let count: Int

  init(_ family: Corruption.Family, _ severity: Int, _ shape: ImageShape) {
    let photons: Double = family.choose(
      severity, common: [500, 250, 100, 75, 50], mnist: [60, 25, 12, 5, 3])
    tables = (0..<256).map { PoissonTable(mean: Double($0) / 255 * photons) }
    bytes = (0...Int(photons)).map { family.byte(Double($0) / photons) }
    count = shape.count
  }

  func corrupt(
    _ image: UnsafePointer<UInt8>, into output: UnsafeMutablePointer<UInt8>,
    random: CorruptionRandom
  ) {
    tables.withUnsafeBufferPointer { tables in
      bytes.withUnsafeBufferPointer { bytes in
        for index in stride(from: 0, to: count, by: 2) {
          let words = random.words(index / 2)
          for lane in 0..<min(2, count - index) {
            let place = index + lane
            let uniform = UInt64(words[2 * lane]) << 32 | UInt64(words[2 * lane + 1])
            let photons = tables[Int(image[place])].number(uniform)
            output[place] = bytes[min(photons, bytes.count - 1)]
          }
        }
      }
    }
  }
}

/// Poisson numbers of one mean by inversion of the distribution function.
struct PoissonTable: Sendable {
  /// The number of the first entry of `limits`.
  private let first: Int
  /// `P(X <= first + i)` in units of 2^-64; the last one is the largest number.
  private let limits: [UInt64]
  /// Where to begin to look, by the upper 8 bits.
  private let guide: [Int32]

  /// A table of the numbers whose chance is at least 2^-60 of the likeliest one's.
  ///
  /// Chances are computed from the likeliest number outward, each from its neighbor's, and then
  /// divided by their sum, so neither exponentials nor factorials are needed.
  init(mean: Double) {
    let mode = Int(mean)
    var below: [Double] = []
    var weight = 1.0
    for k in stride(from: mode, to: 0, by: -1) {
      weight *= Double(k) / mean
      guard weight >= 0x1p-60 else { break }
      below.append(weight)
    }
    var weights = [Double](below.reversed()) + [1]
    weight = 1
    var k = mode
    while mean > 0 {
      k += 1
      weight *= mean / Double(k)
      guard weight >= 0x1p-60 else { break }
      weights.append(weight)
    }
    first = mode - below.count
    let total = weights.reduce(0, +)
    var sum = 0.0
    var limits = weights.map { weight -> UInt64 in
      sum += weight
      let share = sum / total * 0x1p64
      return share < 0x1p64 ? UInt64(share) : .max
    }
    limits[limits.count - 1] = .max
    var place = 0
    guide = (0..<256).map { upper in
      while limits[place] < UInt64(upper) << 56 { place += 1 }
      return Int32(place)
    }
    self.limits = limits
  }

  /// The number for 64 random bits: the smallest one whose limit they do not exceed.
  @inline(__always)
  func number(_ uniform: UInt64) -> Int {
    limits.withUnsafeBufferPointer { limits in
      var place = Int(guide[Int(uniform >> 56)])
      while limits[place] < uniform { place += 1 }
      return first + place
    }
  }
}
