/// A color: red, green and blue with 8 bits each.
struct Color: Sendable, Hashable {
  var red: UInt8
  var green: UInt8
  var blue: UInt8

  init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
    (self.red, self.green, self.blue) = (red, green, blue)
  }
}

/// Colors of values and classes.
enum Palette {
  /// The color of a class. Ten colors are of about equal lightness, ten more are paler, and further
  /// classes repeat them.
  static func color(ofClass label: Int) -> Color { classes[label % classes.count] }

  private static let classes = [
    Color(228, 87, 86), Color(66, 133, 190), Color(84, 162, 75), Color(245, 166, 60),
    Color(154, 103, 184), Color(114, 183, 178), Color(255, 127, 180), Color(158, 118, 89),
    Color(120, 120, 120), Color(200, 190, 60), Color(244, 180, 178), Color(160, 200, 230),
    Color(170, 215, 160), Color(252, 214, 160), Color(205, 180, 220), Color(190, 225, 222),
    Color(255, 200, 220), Color(210, 185, 165), Color(195, 195, 195), Color(228, 222, 150),
  ]

  /// Blue for -1, white for 0, red for 1. Other values are clipped to [-1, 1].
  static func diverging(_ value: Double) -> Color {
    let end = value < 0 ? (33.0, 102.0, 172.0) : (178.0, 24.0, 43.0)
    let share = min(abs(value), 1)
    func mixed(_ end: Double) -> UInt8 { UInt8((255 + (end - 255) * share).rounded()) }
    return Color(mixed(end.0), mixed(end.1), mixed(end.2))
  }
}
