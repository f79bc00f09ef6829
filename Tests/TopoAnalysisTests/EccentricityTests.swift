import TestSupport
import Testing
import TopoFoundation

@testable import TopoAnalysis

@Suite("Eccentricity and receptive fields") struct EccentricityTests {
  private func close(_ value: MeasuredValue?, _ expected: Double, _ tolerance: Double = 1e-10)
    -> Bool
  {
    abs((value?.number ?? .infinity) - expected) < tolerance
  }

  @Test("rings have the pixels of the specification") func rings() {
    let small = Apertures(ImageShape(channels: 1, rows: 28, columns: 28))
    #expect(small.counts == [12, 40, 60, 96, 108, 132, 168] && small.pixelsBeyond == 168)
    #expect(close(.value(small.eccentricities[0]), 1.0 / 14))
    let large = Apertures(ImageShape(channels: 3, rows: 32, columns: 32))
    #expect(large.counts == [12, 40, 60, 96, 108, 132, 168, 196] && large.pixelsBeyond == 212)
    #expect(large.eccentricities.last == 15.0 / 16)
    let wide = Apertures(ImageShape(channels: 1, rows: 4, columns: 8))
    #expect(wide.counts.count == 1)
    #expect(Apertures(ImageShape(channels: 1, rows: 1, columns: 1)).counts == [1])
  }

  @Test("only a ring shows, all else is filled") func masked() {
    let shape = ImageShape(channels: 2, rows: 8, columns: 8)
    let apertures = Apertures(shape)
    let images = (0..<2 * shape.count).map { Float($0 + 100) }
    var (shown, isFilled) = (0, true)
    for ring in apertures.counts.indices {
      let masked = apertures.images(images, ring: ring, fill: [1, 2])
      for (index, value) in masked.enumerated() {
        if value == images[index] {
          shown += 1
          #expect(apertures.rings[index % 64] == ring)
        } else {
          isFilled = isFilled && value == (index / 64 % 2 == 0 ? 1 : 2)
        }
      }
    }
    #expect(isFilled && shown == 4 * apertures.counts.reduce(0, +))
    #expect(apertures.blank(fill: [1, 2]).count == shape.count)
    #expect(apertures.blank(fill: [1, 2])[64] == 2)
  }

  @Test("profiles: the values of the specification") func profiles() {
    let profile = EccentricityProfile(
      eccentricities: [0, 0.5, 1], values: [[0, 0, 1], [2, 2, 2], [0, 0, 0], [4, 3, 0]])
    #expect(profile.centers[0] == .value(1) && close(profile.centers[1], 0.5))
    #expect(profile.centers[2].number == nil)
    #expect(close(profile.slopes[0], 1) && close(profile.slopes[1], 0))
    #expect(close(profile.slopes[3], -4))
    #expect(profile.halfRadii[0].number == nil && profile.halfRadii[2].number == nil)
    #expect(close(profile.halfRadii[3], 0.5 + 0.5 / 3))
    let one = EccentricityProfile(eccentricities: [0.5], values: [[3]])
    #expect(one.slopes[0].number == nil && one.centers[0] == .value(0.5))
  }

  @Test("profiles are means of absolute changes against the blank image") func responses() {
    let apertures = Apertures(ImageShape(channels: 1, rows: 8, columns: 8))
    // Two rings, two images, two units.
    let layers = [Activations([1, 0, 3, 0], units: 2), Activations([2, 5, 2, -5], units: 2)]
    let profile = EccentricityProfile(layers, blank: [2, 1], apertures: apertures)
    #expect(profile.values == [[1, 0], [1, 5]])
    let shares = EccentricityProfile(
      layers, blank: [2, 1], apertures: apertures, perPixel: true)
    #expect(shares.values[1] == [1.0 / 12, 5.0 / 40])
    let map = (0..<64).map { pixel in apertures.rings[pixel] == 1 ? 3.0 : 0 }
    let maps = EccentricityProfile(maps: [map, map.map { $0 * 2 }], apertures: apertures)
    #expect(maps.values == [[0, 3], [0, 6]])
    #expect(maps.centers[0] == maps.centers[1] && maps.centers[0] == .value(0.75))
    let result = maps.result(.gradient)
    #expect(
      result.scalars.map(\.measure)
        == EccentricityProfile.measures(.gradient).filter { !$0.isPerUnit }.map(\.name))
    #expect(result.tables[0].rows == [[0.25, 0], [0.75, 4.5]])
  }

  @Test("summaries agree with numpy and scipy") func reference() throws {
    let expected = try StimuliFixture.read()
    let apertures = Apertures(ImageShape(channels: 1, rows: 28, columns: 28))
    let profile = EccentricityProfile(
      eccentricities: apertures.eccentricities, values: expected.profile)
    for unit in expected.profile.indices {
      #expect(close(profile.centers[unit], expected.centers[unit]))
      #expect(close(profile.slopes[unit], expected.slopes[unit]))
    }
  }

  @Test("receptive fields: the values of the specification") func fields() {
    var map = [Double](repeating: 0, count: 28 * 20)
    map[5 * 20 + 7] = 1e-200
    let point = ReceptiveField(map, rows: 28, columns: 20)
    #expect(point.area == .value(1) && point.row == .value(5) && point.column == .value(7))
    let uniform = ReceptiveField(
      [Double](repeating: 0.1, count: 560), rows: 28, columns: 20)
    #expect(close(uniform.area, 560, 1e-9))
    #expect(close(uniform.row, 13.5, 1e-9) && close(uniform.column, 9.5, 1e-9))
    let silent = ReceptiveField([0, 0], rows: 1, columns: 2)
    #expect(silent.area.number == nil && silent.row.number == nil)
    let result = ReceptiveField.result([point, silent])
    #expect(result["receptive-field-area-mean"] == .value(1))
    #expect(
      result.scalars.map(\.measure)
        == ReceptiveField.measures.filter { !$0.isPerUnit }.map(\.name))
  }

  @Test("spots are light and dark squares on a raster") func spots() {
    let spots = SpotStimuli(ImageShape(channels: 2, rows: 8, columns: 9))
    #expect(spots.rows == [0, 2, 4] && spots.columns == [0, 2, 4, 6])
    #expect(spots.images.count == 24 * 144)
    // Each spot has 9 pixels per channel, 0.5 lighter or darker than gray.
    for image in 0..<24 {
      let sum = spots.images[image * 144..<(image + 1) * 144].reduce(0, +)
      #expect(sum == (image.isMultiple(of: 2) ? 72 + 9 : 72 - 9))
    }
    // The dark spot of row 1, column 2 of the raster begins at (2, 4).
    let dark = Array(spots.images[13 * 144..<14 * 144])
    #expect(dark[2 * 9 + 4] == 0 && dark[4 * 9 + 6] == 0 && dark[72 + 3 * 9 + 5] == 0)
    #expect(dark[1 * 9 + 4] == 0.5 && dark[2 * 9 + 7] == 0.5)
    #expect(SpotStimuli(ImageShape(channels: 1, rows: 2, columns: 9)).images.isEmpty)
  }

  @Test("averages over the period of pooling have no trace of its phase") func phase() {
    let spots = SpotStimuli(ImageShape(channels: 1, rows: 28, columns: 28))
    #expect(spots.rows.count == 13)
    // Unit 0 responds by the phase of the raster only, unit 1 to the light spot in the center only.
    let responses = (0..<169).flatMap { point -> [Float] in
      let phase = Float(point / 13 % 2 * 2 + point % 13 % 2)
      return [5 + phase, point == 84 ? 3 : 1, 5 - phase, 1]
    }
    let layer = Activations(responses, units: 2)
    let maps = spots.maps(layer, blank: [5, 1])
    #expect(maps[0][0] == 0 && maps[0][14] == 3 && maps[1][84] == 1 && maps[1][83] == 0)
    let profile = spots.profile(layer, blank: [5, 1], period: 4)
    #expect(profile.values[0].allSatisfy { $0 == 1.5 })
    let (near, far) = (profile.values[1].first ?? 0, profile.values[1].last ?? 1)
    #expect(near > 0 && far == 0 && profile.values[1].count == profile.eccentricities.count)
    let raw = spots.profile(layer, blank: [5, 1], period: 1)
    // Three spots are within two pixels of the center.
    #expect(raw.values[0] != profile.values[0])
    #expect(close(.value(raw.values[1][0]), 1.0 / 3))
  }
}
