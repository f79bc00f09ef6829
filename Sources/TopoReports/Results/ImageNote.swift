import TopoFoundation

/// A sentence about the images that parts of a figure or table are about.
enum ImageNote {
  /// `Measured on 500 test images.`, or which parts are about which images.
  /// - Parameter parts: names of panels or columns with their images; empty if they are about none.
  static func text(_ parts: [(name: String, images: String)]) -> String {
    var order: [String] = []
    for part in parts where !part.images.isEmpty && !order.contains(part.images) {
      order.append(part.images)
    }
    guard order.count > 1 else { return order.first.map { "Measured on \($0)." } ?? "" }
    return "Measured on different images: "
      + order.map { images in
        "\(images) (\(names(parts.filter { $0.images == images }.map(\.name))))"
      }.joined(separator: "; ") + "."
  }

  /// The first names, and how many more there are.
  static func names(_ names: [String], most: Int = 8) -> String {
    names.prefix(most).joined(separator: ", ")
      + (names.count > most ? " and \(names.count - most) more" : "")
  }
}
