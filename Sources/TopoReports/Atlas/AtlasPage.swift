import Foundation

/// The files of the folder Page, put together.
enum AtlasPage {
  /// In the order in which the browser reads them.
  private static let styles = [PackageResources.page_css, PackageResources.page_views_css]
  private static let scripts = [
    PackageResources.data_js, PackageResources.color_js, PackageResources.elements_js,
    PackageResources.map_js, PackageResources.legend_js, PackageResources.describe_js,
    PackageResources.field_js, PackageResources.sections_js, PackageResources.view_js,
    PackageResources.page_js,
  ]

  /// The page with its data.
  /// - Parameters:
  ///   - title: plain text.
  ///   - data: JSON that is safe within a script element.
  static func html(title: String, data: String) -> String {
    let name = escaped(title)
    return filled(
      text(PackageResources.page_html),
      [
        "title": name, "style": styles.map(text).joined(separator: "\n"), "data": data,
        // One function around all files: their names do not become names of the window.
        "script": "(() => {\n\"use strict\";\n" + scripts.map(text).joined(separator: "\n")
          + "\n})();",
      ])
  }

  /// A template with `{{name}}` replaced. Replacements are not searched for further names.
  static func filled(_ template: String, _ texts: [String: String]) -> String {
    var parts = template.components(separatedBy: "{{")
    var result = parts.removeFirst()
    for part in parts {
      let pieces = part.components(separatedBy: "}}")
      result += texts[pieces[0]] ?? ""
      result += pieces.dropFirst().joined(separator: "}}")
    }
    return result
  }

  /// Plain text as HTML.
  static func escaped(_ text: String) -> String {
    text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
      .replacingOccurrences(of: ">", with: "&gt;").replacingOccurrences(of: "\"", with: "&quot;")
  }

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
