import Foundation

/// A color: red, green and blue with 8 bits each.
struct Color: Sendable, Hashable {
  var red: UInt8
  var green: UInt8
  var blue: UInt8

  init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
    (self.red, self.green, self.blue) = (red, green, blue)
  }

  /// Black or white, whichever is easier to see on this color.
  var ink: Color {
    func light(_ channel: UInt8) -> Double { pow(Double(channel) / 255, 2.2) }
    let luminance = 0.2126 * light(red) + 0.7152 * light(green) + 0.0722 * light(blue)
    return luminance > 0.19 ? Color(0, 0, 0) : Color(255, 255, 255)
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

  /// Dark blue for 0, green in between, yellow for 1: the colors of viridis (CC0), whose lightness
  /// grows evenly, also for the color-blind and in print. Other values are clipped to [0, 1].
  static func sequential(_ value: Double) -> Color { mixed(sequence, at: value) }

  private static let sequence = [
    Color(68, 1, 84), Color(72, 40, 120), Color(62, 73, 137), Color(49, 104, 142),
    Color(38, 130, 142), Color(31, 158, 137), Color(53, 183, 121), Color(110, 206, 88),
    Color(181, 222, 43), Color(253, 231, 37),
  ]

  /// Colors of a circle of angles; 0 and 1 are the same color.
  static func cyclic(_ value: Double) -> Color { mixed(circle, at: value - value.rounded(.down)) }

  private static let circle = [
    Color(214, 84, 84), Color(206, 156, 64), Color(122, 176, 84), Color(64, 168, 168),
    Color(84, 110, 196), Color(168, 88, 176), Color(214, 84, 84),
  ]

  /// For values that are undefined.
  static let undefined = Color(225, 225, 225)

  private static func mixed(_ colors: [Color], at value: Double) -> Color {
    let place = min(max(value, 0), 1) * Double(colors.count - 1)
    let first = min(Int(place), colors.count - 2)
    let share = place - Double(first)
    func mix(_ a: UInt8, _ b: UInt8) -> UInt8 {
      UInt8((Double(a) + (Double(b) - Double(a)) * share).rounded())
    }
    let (a, b) = (colors[first], colors[first + 1])
    return Color(mix(a.red, b.red), mix(a.green, b.green), mix(a.blue, b.blue))
  }
}
