import TopoEvaluation
import TopoFoundation
import TopoNetworks

/// Which images values are about.
extension StudyResults {
  /// The images that a measure counts on; nil if no network has it.
  func images(of measure: ComparedMeasure) -> EvaluatedImages? {
    choice[measure].map { groups[$0].images }
  }

  /// What distinguishes the images of a measure from others of the study: `500 test images`.
  func imageText(_ measure: ComparedMeasure) -> String {
    images(of: measure).map(text) ?? ""
  }

  /// What distinguishes images from others of the study; empty if it has no others and nothing is
  /// recorded about these.
  func text(_ images: EvaluatedImages) -> String {
    if images == .unknown, groups.count < 2 { return "" }
    var all = groups.map(\.images)
    if !all.contains(images) { all.append(images) }
    return zip(all, EvaluatedImages.texts(all)).first { $0.0 == images }?.1 ?? images.text
  }

  /// Rows of a table of all folders that belong to this setting. Of rows about different images,
  /// those of one set count.
  struct Rows {
    var rows: [[String]] = []
    /// The images; nil if the table is about none.
    var images: EvaluatedImages?
  }

  /// The rows of a table of all folders that belong to this setting.
  /// - Parameters:
  ///   - table: chooses the table of a folder.
  ///   - columns: those of the result; rows of folders that lack one are left out.
  ///   - ofEpoch: whether only rows of networks after the epochs of this setting belong to it.
  ///   - images: the images of a folder's table; nil if it is about none.
  func rows(
    _ table: (ResultFolder) -> ColumnTable?, _ columns: [String], ofEpoch: Bool = false,
    on images: (ResultFolder) -> EvaluatedImages?
  ) -> Rows {
    var found: [ImageGroup<[[String]]>] = []
    for folder in folders {
      let rows = table(folder).map { self.rows($0, columns, ofEpoch: ofEpoch) } ?? []
      guard !rows.isEmpty else { continue }
      let about = images(folder) ?? .unknown
      if let place = found.firstIndex(where: { $0.images.fits(about) }) {
        found[place].rows += rows
      } else {
        found.append(ImageGroup(images: about, rows: rows))
      }
    }
    let keys = ["condition", "seed"].compactMap { columns.firstIndex(of: $0) }
    let chosen = ImageGroup.chosen(found) { rows in
      Set(rows.map { row in keys.map { row[$0] } }).count
    }
    guard let chosen else { return Rows() }
    let about = found[chosen].images
    return Rows(rows: found[chosen].rows, images: about == .unknown ? nil : about)
  }

  private func rows(_ table: ColumnTable, _ columns: [String], ofEpoch: Bool) -> [[String]] {
    let keys = (["dataset", "architecture", "sheet"] + (ofEpoch ? ["epoch"] : [])).filter(
      table.columns.contains)
    let wanted = keys.map { key in
      switch key {
      case "dataset": setting.dataset
      case "architecture": setting.architecture
      case "epoch": "\(setting.epoch)"
      default: setting.sheet
      }
    }
    return (table.texts(keys + columns) ?? []).filter { Array($0.prefix(keys.count)) == wanted }
      .map { Array($0.dropFirst(keys.count)) }
  }
}

extension NetworkValues {
  /// How many networks have a measure.
  func networks(_ measure: ComparedMeasure, _ setting: Setting) -> Int {
    conditions.reduce(0) { $0 + self[setting, measure, $1.condition].count }
  }
}
