import Foundation

/// A figure as a PDF of one page (PDF 1.4, ISO 32000), with text in Helvetica, which every viewer
/// has.
struct PDFDocument: VectorSurface {
  private let size: Point
  private var content = ""
  /// Opacities in use, each a graphics state.
  private var opacities: [Double] = []

  /// An empty page, in points.
  init(width: Double, height: Double) { size = Point(width, height) }

  mutating func fill(_ corners: [Point], _ paint: Paint) {
    content += state(paint) + "\(components(paint)) rg \(path(corners)) h f\n"
  }

  mutating func line(_ points: [Point], _ stroke: Stroke) {
    guard points.count > 1 else { return }
    let dashes = stroke.dashes.map(Self.text).joined(separator: " ")
    content +=
      state(stroke.paint)
      + "\(components(stroke.paint)) RG \(Self.text(stroke.width)) w [\(dashes)] 0 d 0 J 1 j "
      + "\(path(points)) S\n"
  }

  mutating func dots(_ centers: [Point], radius: Double, _ paint: Paint) {
    guard !centers.isEmpty else { return }
    content +=
      state(paint) + "\(components(paint)) RG \(Self.text(2 * radius)) w [] 0 d 1 J "
      + centers.map { path([$0, $0]) + " S" }.joined(separator: " ") + "\n"
  }

  mutating func write(_ text: String, at position: Point, _ lettering: Lettering) {
    let width = LetterWidths.width(of: text, size: lettering.size) * (lettering.isBold ? 1.06 : 1)
    let shift =
      switch lettering.anchor {
      case .start: 0.0
      case .middle: width / 2
      case .end: width
      }
    let (x, y) =
      lettering.isUpright
      ? (position.x, size.y - position.y - shift) : (position.x - shift, size.y - position.y)
    let matrix = lettering.isUpright ? "0 1 -1 0" : "1 0 0 1"
    content +=
      state(lettering.paint)
      + "BT \(components(lettering.paint)) rg /\(lettering.isBold ? "B" : "R") "
      + "\(Self.text(lettering.size)) Tf \(matrix) \(Self.text(x)) \(Self.text(y)) Tm "
      + "(\(Self.encoded(text))) Tj ET\n"
  }

  /// The bytes of the file.
  func bytes(title: String) -> [UInt8] {
    let states = opacities.enumerated().map { index, opacity in
      "/G\(index) << /ca \(Self.text(opacity)) /CA \(Self.text(opacity)) >>"
    }.joined(separator: " ")
    let font = "/Type /Font /Subtype /Type1 /Encoding /WinAnsiEncoding /BaseFont"
    let objects = [
      "<< /Type /Catalog /Pages 2 0 R >>",
      "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
      "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 \(Self.text(size.x)) \(Self.text(size.y))] "
        + "/Contents 4 0 R /Resources << /Font << /R 5 0 R /B 6 0 R >> "
        + "/ExtGState << \(states) >> >> >>",
      "<< /Length \(content.utf8.count) >>\nstream\n\(content)endstream",
      "<< \(font) /Helvetica >>",
      "<< \(font) /Helvetica-Bold >>",
      "<< /Title (\(Self.encoded(title))) /Producer (toposheet) >>",
    ]
    var file = "%PDF-1.4\n"
    var offsets: [Int] = []
    for (index, object) in objects.enumerated() {
      offsets.append(file.utf8.count)
      file += "\(index + 1) 0 obj\n\(object)\nendobj\n"
    }
    let table = file.utf8.count
    file += "xref\n0 \(objects.count + 1)\n0000000000 65535 f \n"
    for offset in offsets {
      file += String(repeating: "0", count: 10 - "\(offset)".count) + "\(offset) 00000 n \n"
    }
    file +=
      "trailer\n<< /Size \(objects.count + 1) /Root 1 0 R /Info \(objects.count) 0 R >>\n"
      + "startxref\n\(table)\n%%EOF\n"
    return Array(file.utf8)
  }

  /// Chooses the opacity of what follows.
  private mutating func state(_ paint: Paint) -> String {
    let index = opacities.firstIndex(of: paint.opacity) ?? opacities.count
    if index == opacities.count { opacities.append(paint.opacity) }
    return "/G\(index) gs "
  }

  private func components(_ paint: Paint) -> String {
    let color = paint.color
    return [color.red, color.green, color.blue].map { Self.text(Double($0) / 255, digits: 3) }
      .joined(separator: " ")
  }

  /// PDF counts rows from the bottom.
  private func path(_ points: [Point]) -> String {
    points.enumerated().map { index, point in
      "\(Self.text(point.x)) \(Self.text(size.y - point.y)) \(index == 0 ? "m" : "l")"
    }.joined(separator: " ")
  }

  /// ASCII with the characters of Latin-1 as octal codes; other characters become question marks.
  private static func encoded(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { result, scalar in
      switch scalar.value {
      case 0x28, 0x29, 0x5C: result += "\\" + String(scalar)
      case 0x20...0x7E: result += String(scalar)
      case 0xA0...0xFF: result += "\\" + String(scalar.value, radix: 8)
      default: result += "?"
      }
    }
  }

  private static func text(_ value: Double) -> String { text(value, digits: 2) }

  private static func text(_ value: Double, digits: Int) -> String {
    let scale = digits == 3 ? 1000.0 : 100
    let rounded = (value * scale).rounded() / scale
    return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
  }
}
