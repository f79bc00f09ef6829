import Testing
import TopoFoundation

@Suite("Philox") struct GoldenPhiloxTests {
  /// Test vectors of Random123; the golden file keeps each word as two halves of 16 bits.
  @Test("known answers") func knownAnswers() throws {
    let answers = try GoldenFile("philox")["known-answers"]
    try #require(answers.shape == [3, 20])
    for row in 0..<3 {
      let halves = answers.elements[row * 20..<row * 20 + 20].map { UInt32($0) }
      let words = (0..<10).map { halves[2 * $0] << 16 | halves[2 * $0 + 1] }
      #expect(
        Philox.block(
          counter: SIMD4(words[0], words[1], words[2], words[3]), key: SIMD2(words[4], words[5]))
          == SIMD4(words[6], words[7], words[8], words[9]))
    }
  }

  /// Words in bulk are those of each block, nothing is written beyond, and positions continue past 2^32.
  @Test("many words at once", arguments: [0, 1, 2, 7, 8, 9, 31, 33, 121]) func bulk(_ blocks: Int) {
    let source = Philox(seed: 0x1234_5678_9ABC_DEF0, purpose: .test, stream: 5)
    for position in [0, 41, 0xFFFF_FFFD, 7 << 60, UInt64.max - 3] {
      var words = [UInt32](repeating: 77, count: 4 * blocks + 8)
      words.withUnsafeMutableBufferPointer {
        source.fill(.init(rebasing: $0[4..<4 + 4 * blocks]), from: position)
      }
      #expect(words.prefix(4).allSatisfy { $0 == 77 } && words.suffix(4).allSatisfy { $0 == 77 })
      for block in 0..<blocks {
        let alone = source.words(at: position &+ UInt64(block))
        #expect(words[(4 + 4 * block)...].prefix(4).elementsEqual((0..<4).map { alone[$0] }))
      }
    }
  }

  /// The inputs of the first layer case are drawn in Python; here they are drawn again.
  @Test("draws are those of Python") func sameDrawsAsInPython() throws {
    let inputs = try GoldenFile("layers")["convolution.3x3-1-31/input"].elements
    var source = RandomSequence(Philox(seed: 1, purpose: .test))
    #expect(inputs.allSatisfy { $0 == 2 * source.nextUniform() - 1 })
  }
}
