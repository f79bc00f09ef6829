import Testing

@testable import ToposheetCommand

@Suite("The time that analyses need") struct AnalysisPaceTests {
  @Test("it follows from the cost at first, then from the measured pace") func pace() {
    let pace = AnalysisPace(cost: 360e9, cores: 2)
    #expect(pace.secondsLeft(done: 0, elapsed: 0) == 180)
    #expect(pace.secondsLeft(done: 90e9, elapsed: 10) == 30)
    #expect(pace.secondsLeft(done: 360e9, elapsed: 10) == 0)
    #expect(pace.text("units", done: 0, elapsed: 0).text == "units: 0 %  about 3 min left")
    #expect(pace.text("units", done: 90e9, elapsed: 10).text == "units: 25 %  about 30 s left")
    #expect(AnalysisPace(cost: 0).secondsLeft(done: 0, elapsed: 1) == 0)
  }

  @Test("durations have one unit")
  func durations() {
    let texts = [0, 1.4, 59, 59.6, 90, 3540, 3599, 7200, .infinity].map(AnalysisPace.rough)
    #expect(
      texts == ["1 s", "1 s", "59 s", "1 min", "2 min", "59 min", "1 h", "2 h", "277778 h"])
  }
}
