import Testing

@testable import TopoAnalysis

@Suite("Groups of networks") struct EnsembleGroupTests {
  @Test("sizes end with all networks")
  func sizes() {
    #expect(EnsembleGroups.sizes(upTo: 0).isEmpty && EnsembleGroups.sizes(upTo: 1).isEmpty)
    #expect(EnsembleGroups.sizes(upTo: 2) == [2])
    #expect(EnsembleGroups.sizes(upTo: 5) == [2, 3, 5])
    #expect(EnsembleGroups.sizes(upTo: 13) == [2, 3, 5, 10, 13])
    #expect(EnsembleGroups.sizes(upTo: 120) == [2, 3, 5, 10, 20, 30, 50, 100, 120])
  }

  @Test("few groups are all used, in order") func all() {
    #expect(EnsembleGroups.groups(of: 2, from: 3) == [[0, 1], [0, 2], [1, 2]])
    #expect(EnsembleGroups.groups(of: 3, from: 3) == [[0, 1, 2]])
    #expect(EnsembleGroups.groups(of: 1, from: 2) == [[0], [1]])
    // 7 over 3, and exactly 100 groups of one.
    let some = EnsembleGroups.groups(of: 3, from: 7)
    #expect(some.count == 35 && Set(some).count == 35)
    #expect(EnsembleGroups.groups(of: 1, from: 100).count == 100)
  }

  @Test("of many groups 100 different ones are drawn, the same every time", arguments: [2, 5, 14])
  func drawn(size: Int) {
    let groups = EnsembleGroups.groups(of: size, from: 15, seed: 3)
    let isAll = size == 14
    #expect(groups.count == (isAll ? 15 : 100) && Set(groups).count == groups.count)
    #expect(groups.allSatisfy { $0.count == size && $0 == $0.sorted() && Set($0).count == size })
    #expect(groups.allSatisfy { $0.allSatisfy((0..<15).contains) })
    #expect(groups == EnsembleGroups.groups(of: size, from: 15, seed: 3))
    if !isAll { #expect(groups != EnsembleGroups.groups(of: size, from: 15, seed: 4)) }
    // Every network takes part.
    #expect(Set(groups.flatMap { $0 }).count == 15)
  }
}
