import Testing
import TopoFoundation
import TopoSheets

@testable import TopoAnalysis

@Suite("Patches of selective units") struct PatchTests {
  private func finder(_ rows: Int, _ columns: Int, _ shape: Neighborhood.Shape = .moore)
    -> PatchFinder
  {
    PatchFinder(
      neighbors: UnitLayout(Sheet(rows: rows, columns: columns), neighborhood: .init(shape))
        .neighbors)
  }

  @Test("the example of the specification") func example() {
    var isSelected = [Bool](repeating: false, count: 25)
    for unit in [0, 6, 18, 19, 24] { isSelected[unit] = true }
    #expect(finder(5, 5).patches(isSelected) == [[0, 6], [18, 19, 24]])
    #expect(finder(5, 5, .vonNeumann).patches(isSelected).count == 3)
    #expect(finder(5, 5).patches(isSelected, minimum: 3) == [[18, 19, 24]])
  }

  @Test("agrees with scipy's labels") func scipy() throws {
    for example in try OrganizationFixture.load().patches {
      let isSelected = example.selected.map { $0 == 1 }
      let eight = finder(example.rows, example.columns).patches(isSelected).map(\.count)
      let four = finder(example.rows, example.columns, .vonNeumann).patches(isSelected)
      #expect(eight == example.eight && four.map(\.count) == example.four)
    }
  }

  @Test("statistics of several classes") func statistics() {
    var all = PatchStatistics()
    #expect(all.meanSize == nil && all.fraction == nil && all.largest == 0)
    all.add(selected: 5, patches: [3])
    all.add(selected: 5, patches: [2, 2])
    all.add(selected: 0, patches: [])
    #expect(all.patches == 3 && all.largest == 3 && all.meanSize == 7.0 / 3)
    #expect(all.fraction == 0.7)
  }

  @Test("islands have at least eight units") func islands() {
    let sheet = Sheet(rows: 11, columns: 11)
    let statistic = MoransI(sheet: sheet)
    var isSelected = [Bool](repeating: false, count: 121)
    for row in 0..<6 { for column in 0..<11 { isSelected[row * 11 + column] = true } }
    let half = Islands.moransI(isSelected, finder: finder(11, 11), statistic: statistic)
    #expect(isNear(half, 10709.0 / 12600))
    // A lone unit far away changes nothing.
    isSelected[120] = true
    #expect(Islands.moransI(isSelected, finder: finder(11, 11), statistic: statistic) == half)
    var few = [Bool](repeating: false, count: 121)
    for unit in 0..<7 { few[unit] = true }
    #expect(
      Islands.moransI(few, finder: finder(11, 11), statistic: statistic).reason
        == "no patch has 8 units")
    few[7] = true
    #expect(Islands.moransI(few, finder: finder(11, 11), statistic: statistic).number != nil)
  }

  @Test("radius of a square with every preferred class") func radius() {
    let sheet = Sheet(rows: 5, columns: 7)
    // Columns prefer 0, 1, 2, 0, 1, 2, 0.
    let stripes = (0..<35).map { Optional(($0 % 7) % 3) }
    let found = ClusterRadius(preferred: stripes, sheet: sheet).values
    #expect(found[1] == .value(1) && found[0] == .value(2))
    // Only the corner prefers class 3: too far from the other corner.
    var corner = stripes
    corner[0] = 3
    let far = ClusterRadius(preferred: corner, sheet: sheet).values
    #expect(far[34].number == nil && far[1] == .value(1) && far[2] == .value(2))
    let none = ClusterRadius(preferred: [nil], sheet: Sheet(rows: 1, columns: 1)).values
    #expect(none[0].reason == "no unit prefers a class")
    // A sheet of one row has no square below half of its side.
    let line = ClusterRadius(preferred: [0, 0, 0], sheet: Sheet(rows: 1, columns: 3)).values
    #expect(line.allSatisfy { $0.number == nil })
  }
}
