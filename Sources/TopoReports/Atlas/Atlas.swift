import Foundation
import TopoAnalysis
import TopoFoundation

/// A page to look at sheets: one HTML file that needs neither the network nor other files.
///
/// ```swift
/// let atlas = try Atlas(
///   networks, title: "mnist", images: AtlasImages(set), labels: ClassLabels(set.labels),
///   classNames: names)
/// try atlas.write(to: URL(filePath: "atlas.html"))
/// ```
public struct Atlas {
  /// The page.
  public let html: String

  /// A page of networks, one at least.
  /// - Parameters:
  ///   - title: of the page.
  ///   - images: those that the networks were shown, for pictures; nil if only numbers are known.
  ///   - labels: the classes of the images.
  ///   - classNames: by class; their numbers if there are fewer names than classes.
  /// - Throws: `UserError` if the images cannot be drawn.
  public init(
    _ networks: [AtlasNetwork], title: String, images: AtlasImages? = nil,
    labels: ClassLabels? = nil, classNames: [String] = []
  ) throws {
    precondition(!networks.isEmpty, "an atlas shows a network")
    let count = labels?.classes ?? 0
    let names = classNames.count >= count ? classNames : (0..<count).map { "\($0)" }
    let data = try AtlasData(networks, images: images, labels: labels, classNames: names)
    html = AtlasPage.html(title: title, data: try data.json())
  }

  /// Writes the page, completely or not at all.
  /// - Throws: `UserError` if the file cannot be written.
  public func write(to url: URL) throws { try AtomicFile.write(html, to: url) }
}
