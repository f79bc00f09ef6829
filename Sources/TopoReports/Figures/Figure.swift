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
    (self.name, self.title, self.caption) = (name, title, caption)
    (self.panels, self.columns) = (filled, min(columns, filled.count))
  }

  /// What the series of all panels look like, each name once.
  var legend: [(name: String, style: SeriesStyle)] {
    var known: Set<String> = []
    return panels.flatMap { panel -> [(name: String, style: SeriesStyle)] in
      guard case .series(let series, let reference) = panel.content else { return [] }
      return (reference.map { [$0] } ?? []).map { ($0.name, $0.style) }
        + series.map { ($0.name, $0.style) }
    }.filter { known.insert($0.name).inserted }
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
  }

  var title: String
  var x: Axis
  var y: Axis
  var content: Content

  /// A panel of series.
  init(_ title: String, x: Axis, y: Axis, _ series: [Series], reference: Series? = nil) {
    (self.title, self.x, self.y) = (title, x, y)
    content = .series(series.filter { !$0.drawn.isEmpty }, reference: reference)
  }

  /// A panel of a matrix whose rows and columns have these names.
  init(_ title: String, names: [String], _ values: [[Double?]], unit: String) {
    self.title = title
    x = .categories("", names)
    y = Axis(unit)
    content = .matrix(values)
  }

  /// Whether there is nothing to draw; a reference alone does not count.
  var isEmpty: Bool {
    switch content {
    case .series(let series, _): series.isEmpty
    case .matrix(let values): values.allSatisfy { $0.allSatisfy { $0 == nil } }
    }
  }
}
