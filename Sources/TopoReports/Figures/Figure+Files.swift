import TopoFoundation

extension Figure {
  /// The figure as SVG on white paper.
  var svg: String {
    let size = FigureDrawing.size(of: self)
    var surface = SVGDocument(width: size.x, height: size.y)
    FigureDrawing.draw(self, on: &surface)
    return surface.text(title: title)
  }

  /// The figure as a PDF of one page of its size.
  var pdf: [UInt8] {
    let size = FigureDrawing.size(of: self)
    var surface = PDFDocument(width: size.x, height: size.y)
    FigureDrawing.draw(self, on: &surface)
    return surface.bytes(title: title)
  }

  /// The panels as SVG in the colors of a page, each on its own.
  var themedPanels: [String] {
    panels.map { panel in
      let size = FigureDrawing.size(of: panel)
      var surface = SVGDocument(width: size.x, height: size.y, isThemed: true)
      PanelDrawing(panel, size: size).draw(on: &surface)
      return surface.text(title: "\(title): \(panel.title)")
    }
  }

  /// The samples of the legend as SVG in the colors of a page, with their names.
  var themedLegend: [(svg: String, name: String)] {
    legend.map { entry in
      var surface = SVGDocument(width: 24, height: 12, isThemed: true)
      FigureDrawing.sample(entry.style, at: Point(0, 6), on: &surface)
      return (surface.text(title: entry.name), entry.name)
    }
  }

  /// The columns of `csv`.
  static let columns = ["panel", "series", "x", "seed", "value", "lower", "upper", "images"]

  /// All values that are drawn: a row for each seed, and one without a seed for each mean with its
  /// 95 % interval. Of a matrix or sheet, `series` is the row and `x` the column.
  var csv: String {
    CSV.line(Self.columns) + panels.flatMap(Self.lines).joined()
  }

  private static func lines(_ panel: Panel) -> [String] {
    var names: [String] = []
    if case .categories(let categories) = panel.x.kind { names = categories }
    func text(_ x: Double) -> String {
      names.indices.contains(Int(x)) ? names[Int(x)] : "\(x)"
    }
    switch panel.content {
    case .matrix(let values):
      return values.enumerated().flatMap { row, line in
        line.enumerated().map { column, value in
          CSV.line([
            panel.title, names[row], names[column], "", value.map { "\($0)" } ?? "", "", "",
            panel.images,
          ])
        }
      }
    case .sheet(let cells):
      return cells.enumerated().flatMap { row, line in
        line.enumerated().map { column, cell in
          CSV.line([
            "\(panel.title), \(panel.x.label)", "row \(row)", "column \(column)", "",
            cell.map { "\($0.value)" } ?? "", "", "", panel.images,
          ])
        }
      }
    case .series(let series, let reference):
      let all = (reference.map { [($0, true)] } ?? []) + series.map { ($0, false) }
      return all.flatMap { one, isReference in
        one.drawn.flatMap { point -> [String] in
          // A reference with one point has no place on an axis of categories.
          let x = isReference && !names.isEmpty ? "" : text(point.x)
          let interval = point.interval
          return point.seeds.sorted { $0.key < $1.key }.map {
            CSV.line([panel.title, one.name, x, "\($0.key)", "\($0.value)", "", "", panel.images])
          } + [
            CSV.line([
              panel.title, one.name, x, "", point.mean.map { "\($0)" } ?? "",
              interval.map { "\($0.lowerBound)" } ?? "", interval.map { "\($0.upperBound)" } ?? "",
              panel.images,
            ])
          ]
        }
      }
    }
  }
}
