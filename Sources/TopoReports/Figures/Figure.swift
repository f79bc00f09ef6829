/// A figure: panels that share a legend, and the values in them.
///
/// ```swift
/// let panel = Panel("accuracy", x: .categories("lambda", ["0.1", "1"]), y: Axis("%"), series)
/// let figure = Figure("accuracy", title: "Accuracy over lambda", caption: "...", [panel])
/// try Data(figure.pdf).write(to: file)
/// ```
struct Figure: Sendable {
  /// Name of its files.
  var name: String
  /// A title in words.
  var title: String
  /// What is shown and how to read it.
  var caption: String
  var panels: [Panel]
  /// Panels in a row.
  var columns: Int

  /// A figure of the panels that have values; nil if none has.
  init?(
    _ name: String, title: String, caption: String, columns: Int = 3, _ panels: [Panel]
  ) {
    let filled = panels.filter { !$0.isEmpty }
    guard !filled.isEmpty else { return nil }
    let images = ImageNote.text(filled.map { (name: $0.title, images: $0.images) })
    (self.name, self.title) = (name, title)
    self.caption = images.isEmpty ? caption : caption + " " + images
    (self.panels, self.columns) = (filled, min(columns, filled.count))
  }

  /// What the series and colors of all panels look like, each name once.
  var legend: [(name: String, style: SeriesStyle)] {
    var known: Set<String> = []
    return (panels.flatMap(\.legend) + areas).filter { known.insert($0.name).inserted }
  }

  /// The colors of sheets: those of one measure together, by their values.
  private var areas: [(name: String, style: SeriesStyle)] {
    var measures: [String] = []
    var cells: [String: [Panel.Cell]] = [:]
    for panel in panels {
      guard case .sheet(let sheet) = panel.content else { continue }
      if cells[panel.x.label] == nil { measures.append(panel.x.label) }
      cells[panel.x.label, default: []] += sheet.flatMap { $0.compactMap { $0 } }
    }
    return measures.flatMap { measure in
      (cells[measure] ?? []).sorted { $0.value < $1.value }.map { ($0.name, .area($0.color)) }
    }
  }
}

/// Axes with what is drawn between them.
struct Panel: Sendable {
  enum Content: Sendable {
    /// Series, and one that they are compared with. If that has one point, it is drawn along all of
    /// the horizontal axis.
    case series([Series], reference: Series?)
    /// Values of pairs, `[row][column]`, as colors.
    case matrix([[Double?]])
    /// Units of a sheet, `[row][column]`, as colors.
    case sheet([[Cell?]])
  }

  /// A unit of a sheet.
  struct Cell: Sendable {
    var value: Double
    var color: Color
    /// What its color means.
    var name: String
  }

  var title: String
  var x: Axis
  var y: Axis
  var content: Content
  /// The images that the values are about, such as `500 test images`; empty if about none.
  var images = ""

  /// A panel of series.
  init(
    _ title: String, x: Axis, y: Axis, _ series: [Series], reference: Series? = nil,
    images: String = ""
  ) {
    (self.title, self.x, self.y, self.images) = (title, x, y, images)
    content = .series(series.filter { !$0.drawn.isEmpty }, reference: reference)
  }

  /// A panel of a matrix whose rows and columns have these names.
  init(
    _ title: String, names: [String], _ values: [[Double?]], unit: String, images: String = ""
  ) {
    (self.title, self.images) = (title, images)
    x = .categories("", names)
    y = Axis(unit)
    content = .matrix(values)
  }

  /// A panel of a sheet of units.
  init(
    _ title: String, subtitle: String,
    cells: [[(value: Double, look: (color: Color, name: String))?]], images: String = ""
  ) {
    (self.title, self.images) = (title, images)
    (x, y) = (Axis(subtitle), Axis(""))
    content = .sheet(
      cells.map { row in
        row.map { cell in
          cell.map { Cell(value: $0.value, color: $0.look.color, name: $0.look.name) }
        }
      })
  }

  /// Whether there is nothing to draw; a reference alone does not count.
  var isEmpty: Bool {
    switch content {
    case .series(let series, _): series.isEmpty
    case .matrix(let values): values.allSatisfy { $0.allSatisfy { $0 == nil } }
    case .sheet(let cells): cells.allSatisfy { $0.allSatisfy { $0 == nil } }
    }
  }

  /// What its series look like.
  fileprivate var legend: [(name: String, style: SeriesStyle)] {
    guard case .series(let series, let reference) = content else { return [] }
    return (reference.map { [$0] } ?? []).map { ($0.name, $0.style) }
      + series.map { ($0.name, $0.style) }
  }
}
