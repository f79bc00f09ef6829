/// The colors of maps for the page, as stops between which it mixes.
struct AtlasPalette: Encodable {
  var classes = (0..<20).map { Self.text(Palette.color(ofClass: $0)) }
  var sequential = Self.stops { Palette.sequential($0) }
  var diverging = Self.stops { Palette.diverging(2 * $0 - 1) }
  var cyclic = Self.stops { Palette.cyclic($0) }

  /// The number of stops: those of all palettes lie on them, or are close.
  private static let count = 37

  private static func stops(_ color: (Double) -> Color) -> [String] {
    (0..<count).map { text(color(Double($0) / Double(count - 1))) }
  }

  /// `#rrggbb`
  private static func text(_ color: Color) -> String {
    "#"
      + [color.red, color.green, color.blue].map { byte in
        let text = String(byte, radix: 16)
        return text.count == 1 ? "0" + text : text
      }.joined()
  }
}
