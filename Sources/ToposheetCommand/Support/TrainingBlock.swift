import Toposheet

/// The lines on a terminal during training: the progress of each pack; then, for each condition,
/// the figures of this epoch so far, and the validation accuracy after the last one.
struct TrainingBlock {
  private var packs: [Int: (progress: TrainingProgress, position: PackPosition)] = [:]
  private var validation: [Member: (epoch: Int, accuracy: Double)] = [:]

  /// Notes the progress of a pack.
  mutating func note(_ progress: TrainingProgress, of pack: PackPosition) {
    packs[pack.number] = (progress, pack)
  }

  /// Notes the reports of an epoch.
  mutating func note(_ epoch: Int, _ reports: [EpochReport]) {
    for report in reports {
      validation[report.member] = report.validationAccuracy.map { (epoch, $0) }
    }
  }

  /// Removes a pack that is done.
  mutating func remove(_ pack: PackPosition) { packs[pack.number] = nil }

  /// The progress of a pack.
  static func head(_ progress: TrainingProgress, _ pack: PackPosition) -> StatusText {
    var text = StatusText()
    if pack.count > 1 { text.add("pack \(pack.number)/\(pack.count)", rank: 2) }
    text.add("epoch \(progress.epoch)/\(progress.epochs)", rank: 1)
    text.add("\(Readable.duration(progress.secondsLeft)) left", rank: 0)
    text.add("step \(progress.step)/\(progress.steps)", rank: 4)
    text.add("\(Readable.count(progress.imagesPerSecond)) images/s", rank: 5)
    return text
  }

  /// At most `rows` lines of at most `columns` columns.
  func lines(_ columns: Int, _ rows: Int) -> [String] {
    let packs = packs.sorted { $0.key < $1.key }.map(\.value)
    let heads = packs.map { Self.head($0.progress, $0.position).fitted(columns) }
    var table = table(packs.flatMap(\.progress.members), columns)
    let room = rows - heads.count
    guard table.count > 1, room >= 2 else { return Array(heads.prefix(max(rows, 1))) }
    if table.count > room {
      let hidden = table.count - room + 1
      table = table.prefix(room - 1) + ["and \(hidden) more".prefix(columns)].map(String.init)
    }
    return heads + table
  }

  private struct Row {
    var label: String
    var members: [MemberProgress]
  }

  /// A header and a line for each condition, in the order of the members.
  private func table(_ members: [MemberProgress], _ columns: Int) -> [String] {
    var rows: [Row] = []
    for member in members {
      let label = member.member.condition.label
      if let index = rows.firstIndex(where: { $0.label == label }) {
        rows[index].members.append(member)
      } else {
        rows.append(Row(label: label, members: [member]))
      }
    }
    let epochs = Set(members.compactMap { validation[$0.member]?.epoch })
    let known = epochs.count == 1 ? epochs.first.map { "epoch \($0)" } : "last epoch"
    // From the most columns to the fewest; the first choice that fits is taken.
    let choices: [[Column]] =
      epochs.isEmpty
      ? [[.crossEntropy, .penalty, .training], [.crossEntropy, .penalty], [.crossEntropy]]
      : [
        [.crossEntropy, .penalty, .training, .validation("validation % (\(known ?? ""))")],
        [.crossEntropy, .penalty, .training, .validation("val. % (\(known ?? ""))")],
        [.crossEntropy, .training, .validation("val. % (\(known ?? ""))")],
        [.crossEntropy, .validation("val. % (\(known ?? ""))")], [.crossEntropy],
      ]
    let tables = choices.map { lines(rows, $0) }
    return tables.first { $0.allSatisfy { $0.count <= columns } }
      ?? tables[tables.count - 1].map { String($0.prefix(columns)) }
  }

  private enum Column {
    case crossEntropy, penalty, training
    case validation(String)

    var title: String {
      switch self {
      case .crossEntropy: "cross-entropy"
      case .penalty: "+ penalty"
      case .training: "training %"
      case .validation(let title): title
      }
    }
  }

  private func lines(_ rows: [Row], _ columns: [Column]) -> [String] {
    var table = TextTable(
      [.init("condition", .left)] + columns.map { .init($0.title, .right) })
    for row in rows {
      table.append([row.label] + columns.map { text($0, row.members) })
    }
    // Without the rule below the header.
    return table.description.split(separator: "\n").map(String.init).enumerated()
      .filter { $0.offset != 1 }.map(\.element)
  }

  private func text(_ column: Column, _ members: [MemberProgress]) -> String {
    func mean(_ values: [Double], _ digits: Int) -> String {
      values.isEmpty
        ? "" : Readable.fixed(Statistics.mean(values), digits)
    }
    return switch column {
    case .crossEntropy: mean(members.map(\.crossEntropy), 4)
    case .penalty: mean(members.map(\.penalty), 4)
    case .training: mean(members.map { 100 * $0.trainingAccuracy }, 2)
    case .validation:
      mean(members.compactMap { validation[$0.member].map { 100 * $0.accuracy } }, 2)
    }
  }
}
