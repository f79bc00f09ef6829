import Testing
import TopoFoundation
import TopoPerturbations

@Suite("Noise selection") struct NoiseSelectionTests {
  @Test("reads names and levels") func reads() throws {
    #expect(
      try NoiseSelection.noises("white, pink,salt-pepper")
        == [Noise(.white), Noise(.pink), Noise(.saltAndPepper)])
    #expect(try NoiseSelection.noises("none").isEmpty)
    #expect(try NoiseSelection.noises("").isEmpty)
    #expect(try NoiseSelection.levels("0.1, 0.01,1,0") == [0.1, 0.01, 1, 0])
    let selection = try NoiseSelection(
      noises: [Noise(.pink), Noise(.white), Noise(.pink)], levels: [0.2, 0.1, 0.2])
    #expect(selection.noises == [Noise(.pink), Noise(.white)])
    #expect(selection.levels == [0.1, 0.2])
    #expect(selection.draws == 5)
  }

  @Test("names the noise that does not exist, and those that do") func unknown() {
    let error = #expect(throws: UserError.self) { try NoiseSelection.noises("white,blue") }
    #expect(
      error?.description
        == "there is no noise \"blue\": choose from white, pink, salt-pepper, pink-1f, "
        + "salt-pepper-distinct, or none")
  }

  @Test("rejects levels outside [0, 1]", arguments: ["-0.1", "1.5", "nan", "inf", "much", ""])
  func levels(_ text: String) {
    let error = #expect(throws: UserError.self) { try NoiseSelection.levels(text) }
    #expect(text.isEmpty || error?.description.contains(text) == true)
  }

  @Test("rejects a selection without levels or draws") func empty() {
    #expect(throws: UserError.self) { try NoiseSelection(noises: [Noise(.white)], levels: []) }
    #expect(throws: UserError.self) { try NoiseSelection(noises: [Noise(.white)], draws: 0) }
    #expect(throws: UserError.self) {
      try NoiseSelection(noises: [Noise(.white)], levels: [.nan])
    }
  }
}
