import Foundation
import TopoFoundation
import TopoSheets

extension Architecture {
  /// The architecture of a model in a safetensors file: the one in its metadata, or for a file
  /// that PyTorch wrote, the preset with the same names and shapes of parameters.
  ///
  ///     let architecture = try Architecture.read(from: url)
  ///     let network = try StateDictionary.load(from: url, for: architecture)
  ///
  /// - Parameters:
  ///   - url: the file.
  ///   - imageShape: images that the model reads; needed for files without our metadata, since
  ///     rows and columns do not follow from parameters.
  ///   - sheet: the sheet, for files without metadata whose sheet is not square.
  /// - Throws: `UserError`.
  public static func read(
    from url: URL, imageShape: ImageShape? = nil, sheet: Sheet? = nil
  ) throws -> Architecture {
    try read(
      from: SafetensorsFile(contentsOf: url), imageShape: imageShape, sheet: sheet)
  }

  /// The same for a file that has been read.
  /// - Throws: `UserError`.
  public static func read(
    from file: SafetensorsFile, imageShape: ImageShape? = nil, sheet: Sheet? = nil
  ) throws -> Architecture {
    let url = file.url
    if let text = file.metadata[StateDictionary.architectureKey] {
      do {
        return try JSONDecoder().decode(Architecture.self, from: Data(text.utf8))
      } catch let error as UserError {
        throw UserError(url, "describes an impossible network: \(error)")
      } catch {
        throw UserError(
          url,
          "has metadata \(StateDictionary.architectureKey) that cannot be understood; was it "
            + "written by a newer version?")
      }
    }
    let bare = file.unwrapped?.file ?? file
    return try ArchitectureInference(file: bare).architecture(imageShape: imageShape, sheet: sheet)
  }
}

/// Recognizes the paper's networks, of any width, by the names and shapes of their tensors.
private struct ArchitectureInference {
  var file: SafetensorsFile

  func architecture(imageShape: ImageShape?, sheet: Sheet?) throws -> Architecture {
    let names = Set(
      file.entries.compactMap { $0.name.split(separator: ".").first.map(String.init) })
    let blocks: Int
    switch names {
    case ["conv1", "conv2", "fc1", "fc2"]: blocks = 2
    case ["conv1", "conv2", "conv3", "conv4", "bn1", "bn2", "bn3", "bn4", "fc1", "fc2"]: blocks = 4
    default:
      throw UserError(
        file.url,
        "holds layers \(names.sorted().joined(separator: ", ")), which are not those of mnist or "
          + "cifar10, and does not say its architecture; save it with metadata "
          + "\(StateDictionary.architectureKey)")
    }
    let kernels = try (1...blocks).map { try shape(of: "conv\($0).weight", extents: 4) }
    guard kernels.allSatisfy({ $0[2] == 3 && $0[3] == 3 }) else {
      throw UserError(
        file.url,
        "has convolutions that are not 3 x 3 and does not say its architecture; save it with "
          + "metadata \(StateDictionary.architectureKey)")
    }
    let units = try shape(of: "fc1.weight", extents: 2)[0]
    let classes = try shape(of: "fc2.weight", extents: 2)[0]
    guard let imageShape else {
      throw UserError(
        file.url,
        "does not say which images it reads; name the data that it was trained on")
    }
    guard imageShape.channels == kernels[0][1] else {
      throw UserError(
        file.url,
        "reads images of \(kernels[0][1].counted("channel")), but the data have "
          + "\(imageShape.channels); "
          + "choose the data that it was trained on")
    }
    let sheet = try sheet ?? squareSheet(units)
    let widths = kernels.map { $0[0] }
    return blocks == 2
      ? try .mnist(input: imageShape, widths: widths, sheet: sheet, classes: classes)
      : try .cifar10(input: imageShape, widths: widths, sheet: sheet, classes: classes)
  }

  private func shape(of name: String, extents: Int) throws -> [Int] {
    guard let entry = file.entries.first(where: { $0.name == name }) else {
      throw UserError(file.url, "lacks \(name); is it a whole model?")
    }
    guard entry.shape.count == extents else {
      throw UserError(
        file.url,
        "gives \(name) the shape \(entry.shape), where \(extents) extents are expected; is it a "
          + "model of another architecture?")
    }
    return entry.shape
  }

  private func squareSheet(_ units: Int) throws -> Sheet {
    let side = Int(Double(units).squareRoot().rounded())
    guard side * side == units else {
      throw UserError(
        file.url,
        "has a sheet of \(units.counted("unit")), which is not a square, and does not say its "
          + "rows and "
          + "columns; save it with metadata \(StateDictionary.architectureKey)")
    }
    return Sheet(rows: side, columns: side)
  }
}
