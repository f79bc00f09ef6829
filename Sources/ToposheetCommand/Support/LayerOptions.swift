import ArgumentParser
import Toposheet

/// The arrays of a layer.
struct LayerOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Responses, [image, unit].", valueName: "file"),
    completion: .file(extensions: ["npy", "safetensors"]))
  var activations: String

  @OptionGroup var parts: LayerPartOptions

  /// The files.
  /// - Throws: `ValidationError` for options that exclude each other, or have no effect.
  func files() throws -> LayerFiles { try parts.files(activations) }
}

/// The arrays of a layer besides the responses.
struct LayerPartOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Classes of the images, [image].", valueName: "file"),
    completion: .file(extensions: ["npy", "safetensors"]))
  var labels: String?

  @Option(
    help: ArgumentHelp("Incoming weights, [unit, input].", valueName: "file"),
    completion: .file(extensions: ["npy", "safetensors"]))
  var weights: String?

  @Option(
    help: ArgumentHelp(
      "What the weights read, [image, input], for transmission.", valueName: "file"),
    completion: .file(extensions: ["npy", "safetensors"]))
  var inputs: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Rows and columns of the sheet that the units fill row by row, such as 11x11.",
      valueName: "size"), transform: SheetText.sheet)
  var sheet: Sheet?

  @Option(
    help: ArgumentHelp(
      "Positions of the units, [unit, 2] or [unit, 3], in place of --sheet.", valueName: "file"),
    completion: .file(extensions: ["npy", "safetensors"]))
  var positions: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Nearest units that count as neighbors, with --positions; 8 by default.", valueName: "n"))
  var neighbors: Int?

  /// The names of the options that were given.
  var given: [String] {
    let options = [
      ("--labels", labels != nil), ("--weights", weights != nil), ("--inputs", inputs != nil),
      ("--sheet", sheet != nil), ("--positions", positions != nil),
      ("--neighbors", neighbors != nil),
    ]
    return options.filter(\.1).map(\.0)
  }

  /// The files.
  /// - Throws: `ValidationError` for options that exclude each other, or have no effect.
  func files(_ activations: String) throws -> LayerFiles {
    guard sheet == nil || positions == nil else {
      throw ValidationError("--sheet and --positions both say where units are: give one of them")
    }
    guard inputs == nil || weights != nil else {
      throw ValidationError("--inputs belongs to --weights: give the weights, or leave it out")
    }
    guard neighbors == nil || positions != nil else {
      throw ValidationError("--neighbors belongs to --positions: leave it out")
    }
    guard neighbors.map({ $0 > 0 }) ?? true else {
      throw ValidationError("--neighbors is \(neighbors ?? 0), but must be 1 or more")
    }
    var files = LayerFiles(activations: activations)
    (files.labels, files.weights, files.positions) = (labels, weights, positions)
    files.inputs = inputs
    (files.sheet, files.neighbors) = (sheet, neighbors ?? files.neighbors)
    return files
  }
}
