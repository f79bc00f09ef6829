import TopoPerturbations

/// The layout of a contact sheet, in pixels.
struct ContactSheetLayout {
  /// Rows under one heading.
  struct Band {
    /// Perturbations from top to bottom.
    var rows: [ContactSheet.Row]
    /// Severities of the columns after the original, ascending.
    var severities: [Double]
    /// Top of its first row of images.
    var top: Int

    /// Indices of the columns of the original and of a row's severities.
    func columns(of row: ContactSheet.Row) -> [Int] {
      [0] + row.severities.compactMap { severities.firstIndex(of: $0) }.map { $0 + 1 }
    }
  }

  /// Pixels of the picture for each pixel of the font.
  private static let size = 2
  private static let margin = 16
  /// Space between images.
  private static let gap = 6
  /// Space between perturbations.
  private static let rowGap = 12
  /// Space between names and images, and around headings.
  private static let space = 14
  private static let textHeight = BitmapFont.rows * size
  private static let name = "severity"

  let imageHeight: Int
  let imageWidth: Int
  /// Distance from one column to the next.
  let columnPitch: Int
  /// Distance from one example to the next.
  let examplePitch: Int
  /// Distance from one perturbation to the next.
  let rowPitch: Int
  let bands: [Band]
  let height: Int
  let width: Int
  /// Left edge of the first column.
  private let imagesLeft: Int

  init(_ sheet: ContactSheet) {
    let shape = sheet.images.shape
    (imageHeight, imageWidth) = (
      shape.rows * sheet.magnification, shape.columns * sheet.magnification
    )
    examplePitch = imageHeight + Self.gap
    // At least two lines of text must fit beside the images.
    rowPitch =
      max(sheet.examples * examplePitch - Self.gap, 2 * Self.textHeight + 4) + Self.rowGap
    var bands = Self.bands(sheet.rows)
    let headings = bands.flatMap { band in
      ["original"] + band.severities.map(Severities.text)
    }
    let widest = headings.map { Canvas.width(of: $0, size: Self.size) }.max() ?? 0
    columnPitch = max(imageWidth, widest) + Self.gap
    let names = sheet.rows.flatMap { row in
      let (family, name) = Self.parts(row.perturbation.label)
      return [family, name]
    }
    imagesLeft =
      Self.margin + Self.space
      + ((names + [Self.name]).map { Canvas.width(of: $0, size: Self.size) }.max() ?? 0)
    var top = Self.margin
    for index in bands.indices {
      bands[index].top = top + Self.textHeight + Self.space / 2
      top = bands[index].top + bands[index].rows.count * rowPitch - Self.rowGap + Self.space * 2
    }
    self.bands = bands
    height = top - Self.space * 2 + Self.margin
    let columns = 1 + (bands.map(\.severities.count).max() ?? 0)
    width = imagesLeft + columns * columnPitch - Self.gap + Self.margin
  }

  /// Left edge of the images of a column.
  func left(of column: Int) -> Int {
    imagesLeft + column * columnPitch + (columnPitch - Self.gap - imageWidth) / 2
  }

  func writeHeading(of band: Band, on canvas: inout Canvas) {
    let row = band.top - Self.textHeight - Self.space / 2 + Self.size
    canvas.write(
      Self.name, row: row, column: Self.margin, size: Self.size, shade: Self.secondary)
    let texts = ["original"] + band.severities.map(Severities.text)
    for (column, text) in texts.enumerated() {
      let middle = imagesLeft + column * columnPitch + (columnPitch - Self.gap) / 2
      canvas.write(
        text, row: row, column: middle - Canvas.width(of: text, size: Self.size) / 2,
        size: Self.size)
    }
  }

  /// Writes the name of a perturbation beside the middle of its images, with its family above.
  func writeName(_ label: String, top: Int, on canvas: inout Canvas) {
    let (family, name) = Self.parts(label)
    let lines = family.isEmpty ? 1 : 2
    let content = rowPitch - Self.rowGap
    var row = top + (content - lines * Self.textHeight) / 2 + Self.size
    if !family.isEmpty {
      canvas.write(
        family, row: row, column: Self.margin, size: Self.size, shade: Self.secondary)
      row += Self.textHeight
    }
    canvas.write(name, row: row, column: Self.margin, size: Self.size)
  }

  /// The shade of less important text.
  private static let secondary: UInt8 = 120

  /// The parts of a label, such as `mnist-c/` and `shear`. The family may be empty.
  private static func parts(_ label: String) -> (family: String, name: String) {
    guard let slash = label.firstIndex(of: "/") else { return ("", label) }
    return (String(label[...slash]), String(label[label.index(after: slash)...]))
  }

  /// Rows that follow each other share a heading if the severities of one are among those of the
  /// others.
  private static func bands(_ rows: [ContactSheet.Row]) -> [Band] {
    var bands: [Band] = []
    for row in rows {
      let severities = Set(row.severities)
      if let last = bands.last {
        let known = Set(last.severities)
        if severities.isSubset(of: known) || known.isSubset(of: severities) {
          bands[bands.count - 1].rows.append(row)
          bands[bands.count - 1].severities = severities.union(known).sorted()
          continue
        }
      }
      bands.append(Band(rows: [row], severities: severities.sorted(), top: 0))
    }
    return bands
  }
}
