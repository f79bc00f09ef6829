import Testing
import TopoNetworks

/// Sheets that are silent or collapsed, and accuracies that are chance.
@Suite("State of a network") struct NetworkStateTests {
  private func summary(
    _ sheet: [Float], units: Int, isRectified: Bool = true
  ) throws -> SheetActivity.Summary {
    var activity = SheetActivity(units: units, isRectified: isRectified)
    // In two parts, as batches come.
    let half = sheet.count / units / 2 * units
    activity.add(sheet[..<half])
    activity.add(sheet[half...])
    #expect(activity.images == sheet.count / units)
    return try #require(activity.summary)
  }

  @Test("values by hand") func valuesByHand() throws {
    // After ReLU: [2, 0], [0, 0], [4, 2]. Mean square 4; variance over units 1, 0, 1; over images
    // of unit 0 8/3, of unit 1 8/9.
    let found = try summary([2, -1, -3, 0, 4, 2], units: 2)
    #expect(found.silentShare == 0)
    #expect(abs((found.unitVariation ?? 0) - (2.0 / 3) / 4) < 1e-12)
    #expect(abs((found.imageVariation ?? 0) - ((8.0 / 3 + 8.0 / 9) / 2) / 4) < 1e-12)
    #expect(!found.isSilent && !found.isCollapsed)
    // Before it where there is none: 0 is not above 0, but nothing silences it.
    let plain = try summary([0, -1, -3, 0], units: 2, isRectified: false)
    #expect(plain.silentShare == nil && !plain.isSilent && !plain.isCollapsed)
  }

  @Test("a silent network") func silent() throws {
    let found = try summary([-1, -2, -3, 0, -0.5, -4], units: 3)
    #expect(found.isSilent && found.silentShare == 1)
    #expect(NetworkState(activity: found, accuracy: 0.1, bound: 0.2) == .silent)
    // One unit for one image is enough.
    let almost = try summary([-1, -2, -3, 0, 1e-30, -4], units: 3)
    #expect(!almost.isSilent && abs((almost.silentShare ?? 0) - 2.0 / 3) < 1e-12)
  }

  @Test("a collapsed network") func collapsed() throws {
    // Units alike, images not; then images alike, units not; then all alike.
    for sheet: [Float] in [[1, 1, 5, 5], [1, 5, 1, 5], [2, 2, 2, 2]] {
      let found = try summary(sheet, units: 2)
      #expect(found.isCollapsed, "\(sheet)")
      #expect(NetworkState(activity: found, accuracy: 0.9, bound: 0.2) == .collapsed)
    }
    // Differences of 1 % are on the border: 0.5 % from the mean is within, 2 % without.
    #expect(try summary([0.995, 1.005, 4.975, 5.025], units: 2).isCollapsed)
    #expect(!(try summary([0.98, 1.02, 4.9, 5.1], units: 2).isCollapsed))
    // Nothing can be said of one unit's likeness or of one image.
    #expect(try summary([1, 2], units: 1).unitVariation == nil)
    #expect(try summary([1, 2], units: 2).imageVariation == nil)
    #expect(!(try summary([1, 2], units: 2).isCollapsed))
  }

  @Test("a network at chance") func chance() throws {
    let fine = try summary([2, -1, -3, 0, 4, 2], units: 2)
    // MNIST's test images: always one is right for 1,135 of them, always five for 892.
    let bound = try #require(
      NetworkState.chanceBound([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]))
    #expect(abs(bound - (0.1135 + 2.576 * 0.0031721)) < 1e-6)
    for accuracy in [0.0892, 0.1135, bound] {
      #expect(NetworkState(activity: fine, accuracy: accuracy, bound: bound) == .atChance)
    }
    #expect(NetworkState(activity: fine, accuracy: bound + 1e-9, bound: bound) == .ok)
    // Too few images to tell.
    #expect(NetworkState.chanceBound([50, 49]) == nil)
    #expect(NetworkState.chanceBound([50, 50]) != nil)
    #expect(NetworkState.chanceBound([100, 0]) == 1)
    #expect(NetworkState(activity: fine, accuracy: 0, bound: nil) == .ok)
    #expect(NetworkState(activity: nil, accuracy: nil, bound: bound) == .unknown)
  }

  @Test("a network without images has no state") func nothingWasSeen() {
    #expect(SheetActivity(units: 3, isRectified: true).summary == nil)
  }
}
