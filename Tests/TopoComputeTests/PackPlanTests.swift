import Testing

@testable import TopoCompute

/// Division of a population that has no room.
@Suite("Plans of packs") struct PackPlanTests {
  static func device(_ memory: Int, piece: Int = .max) -> DeviceInformation {
    DeviceInformation(
      kind: .opencl, identifier: "opencl:3", name: "n", vendor: "v", driver: "d", computeUnits: 1,
      memory: memory, maximumAllocation: piece, isAccelerator: true)
  }

  /// 100 bytes, and 10 for each member, 4 of them in one piece.
  static func measure(_ pack: Range<Int>) -> MemoryUse {
    MemoryUse(bytes: 100 + 10 * pack.count, largestPiece: 4 * pack.count)
  }

  static func plan(
    _ count: Int, limit: Int, piece: Int = .max, atMost: Int = .max, devices: Int = 1
  ) throws -> PackPlan {
    try PackPlan(
      count, atMost: atMost, devices: devices,
      budget: MemoryBudget(Self.device(1000, piece: piece), limit: limit), task: "Training one",
      remedy: "buy more", measure: Self.measure)
  }

  @Test("members that fit are one pack") func whatFitsIsOnePack() throws {
    let plan = try Self.plan(16, limit: 260)
    #expect(plan.packs == [0..<16])
    #expect(plan.largest == MemoryUse(bytes: 260, largestPiece: 64) && plan.whole == plan.largest)
  }

  @Test("members that do not fit are divided evenly") func whatDoesNotFitIsDividedEvenly() throws {
    #expect(try Self.plan(16, limit: 259).packs == [0..<8, 8..<16])
    #expect(try Self.plan(16, limit: 170).packs == [0..<6, 6..<11, 11..<16])
    #expect(try Self.plan(5, limit: 110).packs == (0..<5).map { $0..<($0 + 1) })
    for (count, limit) in [(7, 120), (100, 333), (1000, 170), (3, 119)] {
      let plan = try Self.plan(count, limit: limit)
      #expect(plan.packs.flatMap { $0 } == Array(0..<count))
      let most = (limit - 100) / 10
      #expect(plan.packs.count == (count + most - 1) / most)
      #expect(plan.packs.allSatisfy { $0.count <= most })
    }
  }

  @Test("the largest allocation and the caller's limit count too")
  func onePieceAndTheCallersMostCountToo() throws {
    #expect(try Self.plan(16, limit: 900, piece: 31).packs == [0..<6, 6..<11, 11..<16])
    #expect(try Self.plan(16, limit: 900, atMost: 15).packs == [0..<8, 8..<16])
  }

  @Test("every device is busy to the end") func everyDeviceIsBusyToTheEnd() throws {
    #expect(try Self.plan(16, limit: 900, devices: 2).packs == [0..<8, 8..<16])
    #expect(try Self.plan(1, limit: 900, devices: 2).packs == [0..<1])
    // Three packs would leave one device idle while the other works on the last.
    #expect(try Self.plan(16, limit: 170, devices: 2).packs.count == 4)
    #expect(try Self.plan(3, limit: 110, devices: 2).packs.count == 3)
  }

  @Test("devices with different room get packs of different sizes") func roomsDiffer() {
    #expect(PackPlan.ranges(4, rooms: [1, 3]) == [0..<3, 3..<4])
    #expect(PackPlan.ranges(4, rooms: [3, 3]) == [0..<2, 2..<4])
    #expect(PackPlan.ranges(1, rooms: [3, 3, 0]) == [0..<1])
    #expect(PackPlan.ranges(10, rooms: [8, 2]) == [0..<8, 8..<10])
    #expect(PackPlan.ranges(130, rooms: [.max, 20]).map(\.count) == [110, 20])
    // Two rounds, as even as possible.
    #expect(PackPlan.ranges(11, rooms: [8, 2]).map(\.count) == [4, 3, 2, 2])
    for (count, rooms) in [(97, [5, 7, 1]), (12, [4, 0, 4]), (13, [4, 4, 1]), (2, [1, 9])] {
      let sizes = PackPlan.ranges(count, rooms: rooms).map(\.count)
      #expect(sizes.reduce(0, +) == count)
      let total = rooms.reduce(0, +)
      #expect(sizes.count <= (count + total - 1) / total * rooms.count)
      #expect((sizes.max() ?? 0) <= (rooms.max() ?? 0))
    }
  }

  @Test("a member that does not fit is refused") func oneMemberThatHasNoRoomIsRefused() throws {
    let memory = try #require(throws: DeviceError.self) { try Self.plan(4, limit: 109) }
    #expect(
      memory.description
        == "Training one takes 110 B of memory, more than the 109 B that --memory-limit allows on "
        + "opencl:3; raise it, or buy more")
    let piece = try #require(throws: DeviceError.self) {
      try Self.plan(4, limit: 900, piece: 3)
    }
    #expect(
      piece.description
        == "Training one takes 4 B of memory in one piece, more than the 3 B that the device "
        + "allows; buy more")
    #expect(MemoryBudget(Self.device(1000)).limit == 800)
    #expect(MemoryBudget(Self.device(1000), shares: 4).limit == 200)
  }

  @Test("a refusal names the share of the device") func aRefusalNamesTheShare() {
    let use = MemoryUse(bytes: 300, largestPiece: 1)
    let shares = [
      MemoryBudget(Self.device(1000), limit: 800, shares: 4):
        "more than the 200 B that each of 4 architectures has of the 800 B that --memory-limit "
        + "allows on opencl:3; raise it, or buy more",
      MemoryBudget(Self.device(1000), shares: 4):
        "more than the 200 B that each of 4 architectures has of the 800 B of opencl:3 that are "
        + "safe to take unless --memory-limit says more; buy more",
    ]
    for (budget, sentence) in shares {
      #expect(!budget.holds(use))
      #expect(budget.refusal("It", use, remedy: "buy more").description.hasSuffix(sentence))
    }
  }

  @Test("sizes are read and written") func sizesAreReadAndWritten() throws {
    let sizes = [
      "2G": 2 << 30, "800M": 800 << 20, "1.5g": 3 << 29, "64KiB": 64 << 10, "1TB": 1 << 40,
      "17": 17,
    ]
    for (text, bytes) in sizes { #expect(try MemorySize(text).bytes == bytes, "\(text)") }
    for text in ["", "G", "-1G", "0", "2X", "1..5G", "2 G", "2GG", "nan", "1e99T", "99999999T"] {
      let error = try #require(throws: DeviceError.self, "\(text)") { try MemorySize(text) }
      #expect(error.description.contains("\"\(text)\"") && error.description.contains("2G"))
    }
    #expect(MemorySize(bytes: 3 << 29).description == "1.5 GiB")
    #expect(MemorySize(bytes: 800 << 20).description == "800 MiB")
    #expect(MemorySize(bytes: 900).description == "900 B")
  }
}
