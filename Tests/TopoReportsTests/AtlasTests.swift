import Foundation
import TestSupport
import Testing
import TopoAnalysis
import TopoData
import TopoFoundation
import TopoSheets

@testable import TopoReports

/// What the page of an atlas shows, and that it is a safe page.
@Suite("Atlas") struct AtlasTests {
  /// Four units on a sheet of 2 x 2 and six images of two classes. Unit 0 prefers class 0, unit 1
  /// class 1; unit 2 is constant, and unit 3 the opposite of unit 0.
  private static let responses: [[Float]] = [
    [5, 0, 1, -5], [4, 1, 1, -4], [6, 0.5, 1, -6], [0, 7, 1, 0], [1, 9, 1, -1], [-1, 8, 1, 1],
  ]
  private static let labels = ClassLabels([0, 0, 0, 1, 1, 1])

  private func layer(labels: ClassLabels? = labels) -> LayerData {
    LayerData(
      activations: Activations(Self.responses.flatMap { $0 }, units: 4), labels: labels,
      layout: UnitLayout(Sheet(rows: 2, columns: 2)))
  }

  private func network(labels: ClassLabels? = labels) throws -> AtlasNetwork {
    try AtlasNetwork(name: "one", LayerStatistics(layer(labels: labels)))
  }

  private func data(
    _ networks: [AtlasNetwork], images: AtlasImages? = nil, names: [String] = ["a", "b"]
  ) throws -> [String: Any] {
    let json = try AtlasData(networks, images: images, labels: Self.labels, classNames: names)
      .json()
    return try #require(
      JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
  }

  @Test("best and worst images are in order, the first of equal ones first") func extremes() {
    let activations = layer().activations
    let first = UnitExtremes(activations, unit: 0, count: 3)
    #expect(first.best == [2, 0, 1] && first.worst == [5, 3, 4])
    let constant = UnitExtremes(activations, unit: 2, count: 3)
    #expect(constant.best == [0, 1, 2] && constant.worst == [0, 1, 2])
    let all = UnitExtremes(activations, unit: 1, count: 20)
    #expect(all.best == [4, 5, 3, 1, 2, 0] && all.worst == all.best.reversed())
  }

  @Test("correlations take a byte each, rows of the upper triangle") func correlations() throws {
    let matrix = CorrelationMatrix(layer().activations)
    let bytes = CorrelationBytes.bytes(matrix)
    #expect(bytes.count == 10)
    #expect(bytes[0] == 127 && bytes[3] == -127, "a unit with itself, and with its opposite")
    let pair = try #require(matrix[0, 1])
    #expect(abs(Double(bytes[1]) / 127 - pair) <= 0.5 / 127)
    for constant in [2, 5, 7, 8] { #expect(bytes[constant] == -128, "\(constant)") }
    let network = try network()
    #expect(
      Data(base64Encoded: network.correlations ?? "")?.map { Int8(bitPattern: $0) } == bytes)
  }

  @Test("maps of sensitivity take a byte per pixel, or per square of pixels") func fields() throws {
    var values = (0..<36).map(Double.init)
    values[12..<24] = ArraySlice(repeating: 0, count: 12)
    let maps = SensitivityMaps(values, rows: 3, columns: 4)
    let whole = try #require(SensitivityBytes(maps, images: 7))
    #expect(whole.step == 1 && whole.largest == [11, 0, 35] && whole.images == 7)
    let bytes = try #require(Data(base64Encoded: whole.maps))
    #expect(bytes.count == 36 && bytes[11] == 255 && bytes[1] == 23 && bytes[24] == 175)
    #expect(bytes[12..<24].allSatisfy { $0 == 0 })
    // Squares of 2 x 2, of which the last row has a half.
    let reduced = try #require(SensitivityBytes(maps, images: 7, budget: 12))
    #expect(reduced.step == 2 && reduced.largest == [10.5, 0, 34.5])
    #expect(Data(base64Encoded: reduced.maps)?[0] == 61, "2.5 of 10.5")
    let one = try #require(SensitivityBytes(maps, images: 7, budget: 0))
    #expect(one.step == 4 && Data(base64Encoded: one.maps)?.count == 3)
    #expect(SensitivityBytes(.init([.infinity], rows: 1, columns: 1), images: 1) == nil)
    let data = try data([network()])
    let networks = try #require(data["networks"] as? [[String: Any]])
    #expect(networks[0]["isArray"] as? Bool == true && networks[0]["fields"] == nil)
  }

  @Test("the page has what the analyses found") func measures() throws {
    let data = try data([network()])
    let measures = try #require(data["measures"] as? [[String: Any]])
    let names = measures.compactMap { $0["name"] as? String }
    #expect(names.first == "preferred-class" && names.contains("expert-class"))
    #expect(!names.contains("weight-norm"), "the layer has no weights")
    #expect(!names.contains("grating-orientation"), "arrays are not shown gratings")
    let networks = try #require(data["networks"] as? [[String: Any]])
    let columns = try #require(networks[0]["columns"] as? [[String: Any]])
    let preferred = try #require(columns[0]["values"] as? [Any])
    #expect(preferred[0] as? Int == 0 && preferred[1] as? Int == 1 && preferred[2] is NSNull)
    let reasons = try #require(columns[0]["reasons"] as? [String: [Int]])
    #expect(reasons.values.contains([2]))
    let means = try #require(networks[0]["classMeans"] as? [[Double]])
    #expect(means[0] == [5, 0] && means[1] == [0.5, 8])
  }

  @Test("images are shown, as tiles of one picture") func sprite() throws {
    let set = SmallData.images(6, side: 5)
    let images = AtlasImages(set)
    let data = try data([network()], images: images)
    let shown = try #require(data["images"] as? [String: Any])
    #expect(shown["numbers"] as? [Int] == Array(0..<6))
    #expect(shown["labels"] as? [Int] == [0, 0, 0, 1, 1, 1])
    let sprite = try #require(shown["sprite"] as? [String: Any])
    #expect(sprite["height"] as? Int == 5 && sprite["width"] as? Int == 5)
    let png = try #require(Data(base64Encoded: sprite["png"] as? String ?? ""))
    #expect(png.starts(with: [0x89, 0x50, 0x4E, 0x47]))
    #expect(images.byte(3, row: 1, column: 2, channel: 0) == set.images[3 * 25 + 7])
  }

  @Test("fewer images are shown if they do not fit, one of each kind at least") func budget() throws
  {
    let networks = [try network()]
    let images = AtlasImages(SmallData.images(6, side: 12))
    let data = try AtlasData(
      networks, images: images, labels: Self.labels, classNames: [], spriteBudget: 1)
    #expect(data.networks[0].best.allSatisfy { $0.images.count == 1 && $0.responses.count == 1 })
    #expect(data.images.numbers.count == 4, "images 0, 2, 4 and 5 are the extremes of some unit")
  }

  @Test("large images are reduced to means of squares") func reduction() {
    let side = AtlasImages.largestEdge + 2
    let pixels = (0..<side * side).map { UInt8($0 % side % 2 == 0 ? 0 : 200) }
    let images = AtlasImages(
      ImageSet(
        images: pixels, labels: [0], shape: ImageShape(channels: 1, rows: side, columns: side),
        classes: 1))
    #expect(images.reduction == 2 && images.size == (side / 2, side / 2))
    #expect(images.byte(0, row: 1, column: 1, channel: 0) == 100)
  }

  @Test("a layer without labels, and with responses that are not finite") func lesserLayers() throws
  {
    let without = try network(labels: nil)
    let json = try AtlasData([without], images: nil, labels: nil, classNames: []).json()
    #expect(json.contains("\"energy\"") && !json.contains("\"preferred-class\""))
    var broken = layer()
    broken.activations = Activations([.nan] + [Float](repeating: 1, count: 23), units: 4)
    let network = try AtlasNetwork(name: "broken", LayerStatistics(broken))
    let page = try Atlas([network, try self.network()], title: "both", labels: Self.labels)
    #expect(page.html.contains("responses are not finite"))
  }

  @Test("names of others do not become code") func escaping() throws {
    let evil = "</script><script>alert(1)</script><!-- \"&{{data}}"
    let network = try AtlasNetwork(name: evil, LayerStatistics(layer()))
    let html = try Atlas(
      [network], title: evil, labels: Self.labels, classNames: [evil, "b"]
    ).html
    #expect(!html.contains("<script>alert"))
    #expect(html.components(separatedBy: "</script>").count == 3, "the data and the scripts")
    #expect(html.contains("<title>&lt;/script&gt;&lt;script&gt;alert(1)"))
    let data = try data([network], names: [evil, "b"])
    #expect((data["classes"] as? [String])?.first == evil)
    let networks = try #require(data["networks"] as? [[String: Any]])
    #expect(networks[0]["name"] as? String == evil)
  }

  @Test("the page is whole, and refers to nothing outside of it") func page() throws {
    let html = try Atlas([network()], title: "page", labels: Self.labels).html
    #expect(html.hasPrefix("<!DOCTYPE html>") && html.hasSuffix("</html>\n"))
    #expect(!html.contains("{{"))
    for word in ["http://", "https://", "src=", "@import", "fetch(", "innerHTML"] {
      let found = html.replacingOccurrences(of: "http://www.w3.org/2000/svg", with: "")
      #expect(!found.contains(word), "\(word)")
    }
    #expect(html.utf8.count < 80_000)
  }

  @Test("arrays of images in all orders of extents") func arrays() throws {
    let temporary = try TemporaryFolder()
    func images(_ values: [Float], _ shape: [Int]) throws -> AtlasImages {
      let url = temporary.url.appending(path: "i.npy")
      try NPYArray.write(values, shape: shape, to: url)
      return try AtlasImages(contentsOf: url.path)
    }
    let ramp = (0..<24).map(Float.init)
    #expect(try images(ramp, [2, 3, 4]).byte(1, row: 2, column: 3, channel: 0) == 23)
    #expect(try images(ramp, [2, 2, 2, 3]).byte(1, row: 0, column: 1, channel: 2) == 17)
    #expect(try images(ramp, [2, 3, 2, 2]).byte(1, row: 0, column: 1, channel: 2) == 21)
    #expect(
      try images([0, 1, 0.5, 0.25], [1, 2, 2]).byte(0, row: 1, column: 0, channel: 0) == 128)
    for (values, shape) in [
      (ramp, [24]), (ramp, [2, 2, 3, 2]), ([-1, 0, 1, 2], [1, 2, 2]), ([0, 300], [1, 1, 2]),
      ([.nan, 0], [1, 1, 2]),
    ] {
      #expect(throws: UserError.self) { try images(values, shape) }
    }
  }
}
