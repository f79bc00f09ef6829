import Foundation
import TopoEvaluation
import TopoFoundation

extension FigureCatalog {
  /// Sheets of one seed in each condition: preferred classes and orientations of units.
  static func maps(_ source: FigureSource) -> Figure? {
    let maps = [
      SheetMap("preferred class", "preferred-class", source) { value in
        (Palette.color(ofClass: Int(value)), "class \(Int(value))")
      },
      SheetMap("preferred orientation", "bar-orientation", source) { value in
        let degrees = value.truncatingRemainder(dividingBy: 180)
        let step = (degrees / 30).rounded(.down) * 30
        return (Palette.cyclic((step + 15) / 180), "\(Int(step)) to \(Int(step) + 30) degrees")
      },
    ].compactMap { $0 }
    let panels = maps.flatMap(\.panels)
    return Figure(
      "maps", title: "Sheets of units",
      caption:
        "The sheet of one network of each condition: the class, and the orientation of bars, "
        + "that each unit prefers. Gray units have no value"
        + (maps.first.map { ", such as silent ones. Seed \($0.seed)." } ?? "."),
      columns: min(max((maps.map(\.panels.count).max() ?? 1), 1), 7), panels)
  }
}

/// The sheets of one seed, colored by a measure of units.
private struct SheetMap {
  let panels: [Panel]
  let seed: UInt64

  /// More cells make pages that are slow to open.
  private static let mostCells = 20_000

  /// - Parameters:
  ///   - measure: a column of `units.csv`.
  ///   - look: the color of a value, and its name in the legend.
  init?(
    _ title: String, _ measure: String, _ source: FigureSource,
    _ look: (Double) -> (color: Color, name: String)
  ) {
    let study = source.study
    let found = study.rows(
      \.units, ["condition", "seed", "row", "column", measure], ofEpoch: true,
      on: \.origin.images)
    let dead = Set(study.dead.map(\.name))
    var conditions: [UInt64: Set<String>] = [:]
    for row in found.rows where !row[4].isEmpty && !dead.contains("\(row[0]), seed \(row[1])") {
      if let seed = UInt64(row[1]) { conditions[seed, default: []].insert(row[0]) }
    }
    // The first of the seeds that have the most conditions.
    let seeds = conditions.sorted {
      ($1.value.count, $0.key) < ($0.value.count, $1.key)
    }
    guard let (seed, with) = seeds.first else { return nil }
    var sheets: [String: [[Double?]]] = [:]
    for row in found.rows where row[1] == "\(seed)" && with.contains(row[0]) {
      guard let y = Int(row[2]), let x = Int(row[3]), (0..<4096).contains(y),
        (0..<4096).contains(x)
      else { return nil }
      var sheet = sheets[row[0]] ?? []
      while sheet.count <= y { sheet.append([]) }
      while sheet[y].count <= x { sheet[y].append(nil) }
      sheet[y][x] = Double(row[4])
      sheets[row[0]] = sheet
    }
    let cells = sheets.values.reduce(0) { $0 + $1.reduce(0) { $0 + $1.count } }
    // Of many or large sheets, those of control and the largest lambdas.
    let largest =
      [study.control].compactMap { $0 }
      + study.families.compactMap {
        $0.members.last { sheets[$0.condition] != nil }?.condition
      }
    let shown = cells > Self.mostCells ? largest : study.conditions
    let drawn = shown.compactMap { condition in
      sheets[condition].map { (condition: condition, cells: $0) }
    }
    guard drawn.reduce(0, { $0 + $1.cells.reduce(0) { $0 + $1.count } }) <= 2 * Self.mostCells
    else { return nil }
    self.seed = seed
    panels = drawn.map { condition, cells in
      Panel(
        "\(condition)", subtitle: title,
        cells: cells.map { row in row.map { value in value.map { (value: $0, look: look($0)) } } },
        images: found.images.map(study.text) ?? "")
    }
  }
}
