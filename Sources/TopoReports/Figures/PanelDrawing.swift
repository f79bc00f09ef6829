/// Draws one panel: axes with units, means with 95 % intervals, single seeds behind them.
struct PanelDrawing {
  let panel: Panel
  let corner: Point
  private let size: Point
  private let x: Scale
  private let y: Scale

  /// A panel whose top left corner is at a position.
  init(_ panel: Panel, corner: Point = Point(0, 0), size: Point) {
    (self.panel, self.corner, self.size) = (panel, corner, size)
    guard case .series(let series, let reference) = panel.content else {
      (x, y) = (.linear(0, 1), .linear(0, 1))
      return
    }
    let all = series + (reference.map { [$0] } ?? [])
    let points: [SeriesPoint] = all.flatMap(\.drawn)
    // Seeds that are drawn as points count. Intervals of few seeds may not hide everything else.
    var values: [Double] = points.flatMap(\.values)
    values += points.compactMap(\.mean)
    let (least, most) = (values.min() ?? 0, values.max() ?? 1)
    let spread = most - least
    var ends: [Double] = []
    for interval in points.compactMap(\.interval) {
      ends += [interval.lowerBound, interval.upperBound]
    }
    ends = ends.filter { $0 >= least - spread && $0 <= most + spread }
    // A reference with one point is drawn along all of the axis.
    let along = all.filter { $0.drawn.count > 1 || $0 != reference }
    x = panel.x.scale(along.flatMap { $0.drawn.map(\.x) })
    y = panel.y.scale(values + ends)
  }

  /// Draws the panel.
  func draw(on surface: inout some VectorSurface) {
    surface.write(
      panel.title, at: Point(corner.x + 6, corner.y + 14),
      Lettering(size: titleSize, isBold: true))
    switch panel.content {
    case .matrix(let values): matrix(values, on: &surface)
    case .sheet(let cells): sheet(cells, on: &surface)
    case .series(let series, let reference):
      axes(on: &surface)
      if let reference { draw(reference: reference, on: &surface) }
      draw(series, on: &surface)
    }
  }

  /// Smaller for long titles. Fonts in place of Helvetica may be a quarter wider, and bold is wider.
  private var titleSize: Double {
    let width = LetterWidths.width(of: panel.title, size: 11) * 1.35
    return min(isSheet ? 9 : 11, 11 * (size.x - 12) / width)
  }

  // MARK: Axes

  /// The plot's left, top, right and bottom.
  private var left: Double { corner.x + 52 }
  private var top: Double { corner.y + 22 }
  private var right: Double { corner.x + size.x - 8 }
  private var bottom: Double { corner.y + size.y - 36 }

  private func place(_ horizontal: Double, _ vertical: Double) -> Point {
    // Intervals that are larger than the axis end at its ends.
    let share = min(max(y.share(vertical), 0), 1)
    return Point(left + x.share(horizontal) * (right - left), bottom - share * (bottom - top))
  }

  private func axes(on surface: inout some VectorSurface) {
    for tick in y.ticks {
      let height = place(x.low, tick.value).y
      surface.line(
        [Point(left, height), Point(right, height)], Stroke(paint: .grid, width: 0.7))
      surface.write(
        tick.text, at: Point(left - 5, height + 3.2),
        Lettering(size: 9, anchor: .end, paint: .faint))
    }
    let isCrowded = x.ticks.count > 9
    for (index, tick) in x.ticks.enumerated() where !isCrowded || index.isMultiple(of: 2) {
      let across = left + x.share(tick.value) * (right - left)
      surface.line(
        [Point(across, bottom), Point(across, bottom + 3)], Stroke(paint: .faint, width: 0.7))
      surface.write(
        tick.text, at: Point(across, bottom + 13),
        Lettering(size: 9, anchor: .middle, paint: .faint))
    }
    surface.line(
      [Point(left, top), Point(left, bottom), Point(right, bottom)],
      Stroke(paint: .faint, width: 0.9))
    surface.write(
      panel.x.label, at: Point((left + right) / 2, bottom + 27),
      Lettering(size: 10, anchor: .middle))
    surface.write(
      panel.y.label, at: Point(corner.x + 13, (top + bottom) / 2),
      Lettering(size: 10, anchor: .middle, isUpright: true))
  }

  private var isSheet: Bool {
    if case .sheet = panel.content { true } else { false }
  }

  private var isCategorical: Bool {
    if case .categories = panel.x.kind { true } else { false }
  }

  // MARK: Series

  private func draw(reference: Series, on surface: inout some VectorSurface) {
    let paint = Paint(ink: reference.style.color)
    var points = reference.drawn
    if points.count == 1, isCategorical {
      points = [points[0], points[0]]
      (points[0].x, points[1].x) = (x.low, x.high)
    }
    band(points, paint.faded(0.13), on: &surface)
    cuts(isCategorical ? Array(points.prefix(1)) : points, paint, on: &surface)
    surface.line(
      points.map { place($0.x, $0.mean ?? 0) },
      Stroke(paint: paint, width: 1.3, dashes: reference.style.dashes))
    // The seeds of control at the left end, where they cover no other.
    if isCategorical, let first = points.first {
      surface.dots(
        first.values.map { Point(left + 4, place(0, $0).y) }, radius: 1.5, paint.faded(0.45))
    }
  }

  private func draw(_ series: [Series], on surface: inout some VectorSurface) {
    let isDense = series.contains { $0.drawn.count > 14 }
    for (index, one) in series.enumerated() {
      let paint = Paint(ink: one.style.color)
      // Series side by side within a category.
      let step = isCategorical ? min(0.2, 0.7 / Double(series.count)) : 0
      let shift = (Double(index) - Double(series.count - 1) / 2) * step
      let points = one.drawn.map { point in
        var moved = point
        moved.x += shift
        return moved
      }
      if !isCategorical { band(points, paint.faded(0.15), on: &surface) }
      if !isDense {
        cuts(points, paint, on: &surface)
        let seeds = points.flatMap { point in point.values.map { place(point.x, $0) } }
        surface.dots(seeds, radius: isCategorical ? 1.7 : 1.3, paint.faded(0.4))
      } else if series.count <= 3 {
        lines(of: points, paint, on: &surface)
      }
      surface.line(
        points.map { place($0.x, $0.mean ?? 0) },
        Stroke(paint: paint, width: isCategorical ? 1 : 1.5, dashes: one.style.dashes))
      if isCategorical {
        for point in points {
          guard let interval = point.interval else { continue }
          surface.line(
            [place(point.x, interval.lowerBound), place(point.x, interval.upperBound)],
            Stroke(paint: paint, width: 1.4))
        }
      }
      let gap = max(points.count / 7, 1)
      for (step, point) in points.enumerated() where !isDense || step % gap == index % gap {
        Marker.draw(
          one.style, at: place(point.x, point.mean ?? 0), radius: isDense ? 2.6 : 3.2,
          on: &surface)
      }
    }
  }

  /// Arrows at the ends of intervals that lie beyond the axis.
  private func cuts(_ points: [SeriesPoint], _ paint: Paint, on surface: inout some VectorSurface) {
    for point in points {
      guard let interval = point.interval else { continue }
      for (value, way) in [(interval.upperBound, 1.0), (interval.lowerBound, -1.0)]
      where !(0...1).contains(y.share(value)) {
        let tip = place(point.x, value)
        surface.line(
          [Point(tip.x - 3, tip.y + 4 * way), tip, Point(tip.x + 3, tip.y + 4 * way)],
          Stroke(paint: paint, width: 1.4))
      }
    }
  }

  /// A thin line for each seed.
  private func lines(
    of points: [SeriesPoint], _ paint: Paint, on surface: inout some VectorSurface
  ) {
    for seed in Set(points.flatMap(\.seeds.keys)).sorted() {
      surface.line(
        points.compactMap { point in point.seeds[seed].map { place(point.x, $0) } },
        Stroke(paint: paint.faded(0.3), width: 0.5))
    }
  }

  private func band(
    _ points: [SeriesPoint], _ paint: Paint, on surface: inout some VectorSurface
  ) {
    let known = points.filter { $0.interval != nil }
    guard known.count > 1 else { return }
    let upper = known.map { place($0.x, $0.interval?.upperBound ?? 0) }
    let lower = known.map { place($0.x, $0.interval?.lowerBound ?? 0) }
    surface.fill(upper + lower.reversed(), paint)
  }
}
