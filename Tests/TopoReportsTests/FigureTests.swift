import Foundation
import TestSupport
import Testing
import TopoEvaluation

@testable import TopoReports

/// Axes, and figures as SVG, PDF and CSV.
@Suite("Figures") struct FigureTests {
  @Test("ticks are round and within the axis") func ticks() {
    let scale = Scale.linear(0.12, 0.87)
    #expect(scale.ticks.map(\.text) == ["0.2", "0.4", "0.6", "0.8"])
    #expect(Scale.linear(-3, 12).ticks.map(\.text) == ["0", "5", "10"])
    #expect(Scale.linear(97.1, 97.4).ticks.first?.text == "97.1")
    #expect(scale.share(0.12) > 0 && scale.share(0.87) < 1)
    #expect(scale.ticks.allSatisfy { (0...1).contains(scale.share($0.value)) })
    #expect(Axis("epoch", kind: .whole).scale([1, 3]).ticks.map(\.text) == ["1", "2", "3"])
    // Intervals of few seeds reach beyond what accuracies can be.
    let bounded = Axis.accuracy.scale([-50, 99, 180])
    #expect(bounded.low > -5 && bounded.high < 105 && Axis("any").scale([-50, 180]).high > 180)
    // Equal values have an axis, too.
    let flat = Scale.linear(0.5, 0.5)
    #expect(abs(flat.share(0.5) - 0.5) < 1e-9 && !flat.ticks.isEmpty)
    #expect(!Scale.linear(0, 0).ticks.isEmpty)
  }

  @Test("severities over three powers of ten have a logarithmic axis") func logarithms() {
    #expect(Axis.severities("s", [0.1, 0.5]).kind == .linear)
    let axis = Axis.severities("s", [1e-6, 1e-2])
    #expect(axis.kind == .logarithmic)
    let scale = axis.scale([1e-6, 1e-2])
    #expect(scale.ticks.map(\.text) == ["1e-6", "1e-5", "1e-4", "1e-3", "1e-2"])
    #expect(abs(scale.share(1e-4) - 0.5) < 1e-9)
    #expect(
      Axis("component", kind: .logarithmic).scale([0.002, 121]).ticks.map(\.text)
        == ["0.01", "0.1", "1", "10", "100"])
  }

  @Test("categories are at equal distances") func categories() {
    let scale = Axis.categories("lambda", ["0.1", "1", "3"]).scale([0, 2])
    #expect(scale.ticks.map { scale.share($0.value) * 6 } == [1, 3, 5])
  }

  @Test("a point has the mean and Student's interval of its seeds") func intervals() throws {
    let point = SeriesPoint(x: 0, seeds: [0: 1, 1: 2, 2: 3])
    #expect(point.mean == 2)
    let interval = try #require(point.interval)
    // 4.30265 standard errors of 1 / sqrt(3).
    #expect(abs(interval.upperBound - 2 - 4.302652729911275 / 3.0.squareRoot()) < 1e-9)
    #expect(SeriesPoint(x: 0, seeds: [0: 1]).interval == nil)
    #expect(SeriesPoint(x: 0, seeds: [:]).mean == nil)
  }

  @Test("an interval that the axis cuts has an arrow") func cut() throws {
    func count(_ values: [Double]) throws -> Int {
      let seeds = Dictionary(uniqueKeysWithValues: values.enumerated().map { (UInt64($0), $1) })
      let series = Series(
        name: "ws", style: .numbered(1),
        points: [
          SeriesPoint(x: 0, seeds: seeds), SeriesPoint(x: 1, seeds: [0: 0.6, 1: 0.61, 2: 0.62]),
        ])
      let panel = Panel(
        "p", x: .categories("lambda", ["1", "2"]), y: Axis("y"), [series], reference: nil)
      let figure = try #require(Figure("f", title: "t", caption: "c", [panel]))
      // The lines of intervals and their arrows.
      return figure.svg.components(separatedBy: "stroke-width=\"1.4\"").count - 1
    }
    // Student's interval of two seeds is 12.7 times as wide as they are apart.
    #expect(try count([0.1, 0.9]) == 4 && count([0.58, 0.6, 0.62]) == 2)
  }

  @Test("axes end where values cannot be") func limits() {
    #expect(Axis("Pearson's r").scale([-1.9, 1.9]).high < 1.1)
    #expect(Axis("units").scale([-20, 40]).low > -5)
    #expect(Axis("accuracy (%)").scale([90, 130]).high < 105)
    #expect(Axis("change (points)").scale([-20, 130]).high > 120)
  }

  private func figure(_ name: String = "ws") throws -> Figure {
    let series = Series(
      name: name, style: .numbered(1),
      points: [
        SeriesPoint(x: 0, seeds: [0: 0.5, 1: 0.7]), SeriesPoint(x: 1, seeds: [0: 0.6, 1: 0.8]),
      ])
    let control = Series(
      name: "control", style: .reference, points: [SeriesPoint(x: 0, seeds: [0: 0.4, 1: 0.5])])
    let panel = Panel(
      "panel", x: .categories("lambda", ["0.1", "1"]), y: Axis("accuracy (%)"), [series],
      reference: control)
    return try #require(Figure("name", title: "Title", caption: "", [panel]))
  }

  @Test("the CSV beside a figure has single seeds, means and intervals") func csv() throws {
    let lines = try figure().csv.split(separator: "\r\n").map(String.init)
    #expect(lines[0] == "panel,series,x,seed,value,lower,upper,images")
    #expect(lines.contains("panel,control,,0,0.4,,,"))
    #expect(lines.contains("panel,ws,0.1,1,0.7,,,"))
    #expect(lines.contains { $0.hasPrefix("panel,ws,1,,0.7,") })
    #expect(lines.count == 1 + 3 * 3)
  }

  @Test("SVG has axes with units and escapes names") func svg() throws {
    let text = try figure("<b>&\"").svg
    #expect(text.contains(">accuracy (%)</text>") && text.contains(">lambda</text>"))
    #expect(text.contains("&lt;b&gt;&amp;&quot;") && !text.contains("<b>"))
    #expect(text.contains("#e69f00") && !text.contains("NaN"))
    let themed = try figure().themedPanels[0]
    #expect(themed.contains("var(--ink)") && !themed.contains("<rect"))
  }

  @Test("PDF has its text as text, and its table of objects is correct") func pdf() throws {
    let bytes = try figure("a (b) \u{E9}\u{3BB}").pdf
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(text.hasPrefix("%PDF-1.4\n") && text.hasSuffix("%%EOF\n"))
    #expect(text.contains("(Title)") && text.contains("(a \\(b\\) \\351?)"))
    let start = try #require(
      text.components(separatedBy: "startxref\n").last?.split(separator: "\n").first
        .flatMap { Int($0) })
    #expect(String(decoding: bytes[start..<start + 4], as: UTF8.self) == "xref")
    let entries = text.components(separatedBy: "0000000000 65535 f \n")[1].split(separator: "\n")
    for (index, entry) in entries.prefix(7).enumerated() {
      let offset = try #require(Int(entry.prefix(10)))
      let begin = "\(index + 1) 0 obj"
      #expect(
        String(decoding: bytes[offset..<offset + begin.utf8.count], as: UTF8.self) == begin)
    }
  }

  @Test("figures without data are left out and named") func missing() throws {
    let place = try TemporaryFolder()
    let folder = try StudyFixtures.folder(
      StudyFixtures.records("accuracy", ["control", "ws-euclidean-1"], seeds: 3) { _, seed in
        0.9 + StudyFixtures.noise(seed)
      }, in: place, "study")
    let (figures, missing) = FigureCatalog.figures(of: try JoinedResults([folder]).studies[0])
    #expect(figures.map(\.name) == ["accuracy"])
    #expect(figures.count + missing.count == FigureCatalog.all.count)
    #expect(Set(FigureCatalog.all.map(\.name)).count == FigureCatalog.all.count)
  }

  @Test("AS and WS look the same in every report") func styles() throws {
    let place = try TemporaryFolder()
    func styles(_ conditions: [String], _ name: String) throws -> [String: SeriesStyle] {
      let folder = try StudyFixtures.folder(
        StudyFixtures.records("accuracy", conditions, seeds: 1) { _, _ in 0.9 }, in: place, name)
      let study = try JoinedResults([folder]).studies[0]
      let source = FigureSource(study)
      return Dictionary(
        uniqueKeysWithValues: study.families.map { ($0.name, source.style(of: $0)) })
    }
    let few = try styles(["control", "ws-euclidean-1"], "few")
    let many = try styles(
      [
        "control", "as-correlation-1", "ws-euclidean-1", "ws-cosine-1",
        "as-correlation-2-untransposed",
      ], "many")
    #expect(few["ws-euclidean"] == many["ws-euclidean"])
    #expect(Set(many.values).count == 4)
  }
}
