import Foundation
import Testing
import TopoFoundation
import TopoPerturbations

@Suite("Normal noise") struct NormalNoiseTests {
  let source = Philox(seed: 11, purpose: .test, stream: 4)

  @Test("is Box and Muller's transform of the Philox words") func transform() {
    let numbers = NormalNoise(source).numbers(4003, from: 7)
    var worst = 0.0
    for index in stride(from: 0, to: 4002, by: 2) {
      let words = source.words(at: 7 + UInt64(index / 4))
      let (first, second) = index % 4 == 0 ? (words.x, words.y) : (words.z, words.w)
      let radius = sqrt(-2 * log((Double(first >> 8) + 1) * 0x1p-24))
      let angle = 2 * Double.pi * Double(second) * 0x1p-32
      worst = max(worst, abs(Double(numbers[index]) - radius * cos(angle)))
      worst = max(worst, abs(Double(numbers[index + 1]) - radius * sin(angle)))
    }
    // A few units in the last place of numbers up to 5.
    #expect(worst < 2e-6)
  }

  @Test("is the same bits wherever a fill begins and ends") func positions() {
    let noise = NormalNoise(source)
    let all = noise.numbers(64)
    for count in [0, 1, 3, 8, 13, 40] {
      #expect(noise.numbers(count, from: 3) == Array(all[12..<12 + count]))
    }
  }

  @Test("is the same bits on every machine") func bits() {
    // FNV-1a over the bit patterns; the value is that of the same steps in NumPy's float32.
    let hash = NormalNoise(source).numbers(4096).reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
      ($0 ^ UInt64($1.bitPattern)) &* 0x100_0000_01b3
    }
    #expect(hash == 0xe848_4fcc_faff_5400)
  }

  @Test("has the moments of a normal distribution") func moments() {
    let numbers = NormalNoise(source).numbers(200_000).map(Double.init)
    let n = Double(numbers.count)
    var (first, second, third, fourth) = (0.0, 0.0, 0.0, 0.0)
    for x in numbers {
      first += x
      second += x * x
      third += x * x * x
      fourth += x * x * x * x
    }
    // Five standard errors each: sqrt(1, 2, 15, 96) / sqrt(n) times five.
    #expect(abs(first / n) < 5 / n.squareRoot())
    #expect(abs(second / n - 1) < 5 * (2 / n).squareRoot())
    #expect(abs(third / n) < 5 * (15 / n).squareRoot())
    #expect(abs(fourth / n - 3) < 5 * (96 / n).squareRoot())
    let pairs = zip(numbers, numbers.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
    #expect(abs(pairs / n) < 5 / n.squareRoot())
  }
}
