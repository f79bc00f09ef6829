import TopoAnalysis
import TopoFoundation
import Yams

extension AlongTraining {
  /// The keys in a plan.
  static let keys = ["measures", "images", "every"]

  /// Reads the value of the key `along-training` of a plan.
  /// - Throws: `UserError` that names file, line and key.
  init(_ node: Node, _ reader: YAMLReader) throws {
    let keys = try reader.mapping(node, "along-training", keys: Self.keys)
    self.init()
    if let names = try keys.list("measures")?.map({ try keys.text($0, "measures") }) {
      measures = try keys.checked("measures") { try EpochMeasures(names) }
    }
    if let images = try keys.integer("images") { self.images = images }
    if let every = try keys.integer("every") { self.every = every }
  }
}
