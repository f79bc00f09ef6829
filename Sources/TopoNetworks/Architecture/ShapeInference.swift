import TopoCompute
import TopoFoundation

/// Finds each layer's output shape, or why the layers do not fit together.
struct ShapeInference {
  var architecture: String
  var input: ImageShape

  /// Bounds far above any network of this kind: products of sizes do not overflow.
  private static let largest = (extent: 1 << 14, kernel: 1 << 10, outputs: 1 << 16)
  /// The most weights of a layer: 1 GiB. Kernels count them in 32 bits.
  private static let mostWeights = 1 << 28

  func shapes(of layers: [Layer]) throws -> [[Int]] {
    for size in [input.channels, input.rows, input.columns]
    where size < 1 || size > Self.largest.extent {
      throw problem("reads images of \(input), but sizes go from 1 to \(Self.largest.extent)")
    }
    try checkNames(layers)
    try checkEnds(layers)
    var shape = [input.channels, input.rows, input.columns]
    return try layers.enumerated().map { index, layer in
      do {
        let place = place(index, layer)
        let output = try output(of: layer, place, reading: shape)
        try checkWeights(of: layer, at: index, place, reading: shape)
        shape = output
      } catch let error as UserError {
        throw error.about(item: index)
      }
      return shape
    }
  }

  private func problem(_ sentence: String) -> UserError {
    UserError(architecture: architecture, sentence)
  }

  private func place(_ index: Int, _ layer: Layer) -> String {
    "layer \(index + 1) (\(layer.name ?? layer.kind.rawValue))"
  }

  // MARK: The whole

  private func checkNames(_ layers: [Layer]) throws {
    var seen: Set<String> = []
    for (index, layer) in layers.enumerated() {
      guard let name = layer.name else { continue }
      let allowed = name.allSatisfy {
        $0.isASCII && ($0.isLetter || $0.isNumber || "_.".contains($0))
      }
      guard !name.isEmpty, allowed else {
        throw problem(
          "layer \(index + 1) is called \"\(name)\"; use letters, digits, _ and . only")
      }
      guard seen.insert(name).inserted else {
        throw problem("two layers are called \(name); give each its own name")
      }
    }
  }

  private func checkEnds(_ layers: [Layer]) throws {
    let sheets = layers.count { $0.kind == .sheet }
    guard sheets == 1 else {
      throw problem(
        sheets == 0
          ? "has no sheet; add one between the global average pool and the last linear layer"
          : "has \(sheets) sheets; keep one")
    }
    guard layers.last?.kind == .linear else {
      throw problem("does not end with a linear layer, which gives the classes; add one")
    }
    guard layers.contains(where: { $0.kind == .globalAveragePooling }) else {
      throw problem("has no global average pool; add one before the sheet and all linear layers")
    }
  }

  // MARK: One layer

  private func output(
    of layer: Layer, _ place: String, reading shape: [Int]
  ) throws -> [Int] {
    let spatial = shape.count == 3
    switch layer {
    case .convolution, .batchNormalization, .maxPooling, .globalAveragePooling:
      guard spatial else {
        throw problem(
          "\(place) comes after the global average pool, where there are no rows and columns left; "
            + "put it before")
      }
    case .sheet, .linear, .dropout:
      guard !spatial else {
        throw problem("\(place) comes before the global average pool; put it after")
      }
    case .relu: break
    }
    switch layer {
    case .convolution(_, let outputs, let window):
      try check(outputs: outputs, place)
      try check(window, place)
      return [outputs] + (try extent(of: window, place, reading: shape))
    case .maxPooling(let window):
      try check(window, place)
      guard 2 * window.padding.rows <= window.kernel.rows,
        2 * window.padding.columns <= window.kernel.columns
      else { throw problem("\(place) pads by more than half its kernel; pad less") }
      // The argmax index within the window is kept in a byte.
      guard window.kernel.rows * window.kernel.columns <= 256 else {
        throw problem("\(place) has a window of more than 256 values; choose a smaller kernel")
      }
      return [shape[0]] + (try extent(of: window, place, reading: shape))
    case .batchNormalization(_, let momentum, let epsilon):
      guard (0...1).contains(momentum), epsilon > 0, epsilon.isFinite else {
        throw problem(
          "\(place) has momentum \(momentum) and epsilon \(epsilon); momentum goes from 0 to 1, "
            + "and epsilon is positive")
      }
      return shape
    case .relu: return shape
    case .globalAveragePooling: return [shape[0]]
    case .sheet(_, let sheet):
      guard (1...Self.largest.kernel).contains(sheet.rows),
        (1...Self.largest.kernel).contains(sheet.columns), sheet.units <= Self.largest.outputs
      else {
        throw problem(
          "\(place) is a sheet of \(sheet) units; a sheet has 1 to \(Self.largest.outputs) units")
      }
      return [sheet.units]
    case .dropout(let rate):
      guard rate >= 0, rate < 1 else {
        throw problem("\(place) drops at rate \(rate); rates go from 0 to below 1")
      }
      return shape
    case .linear(_, let outputs):
      try check(outputs: outputs, place)
      return [outputs]
    }
  }

  private func checkWeights(
    of layer: Layer, at index: Int, _ place: String, reading shape: [Int]
  ) throws {
    let counts = ParameterDescription.of(layer, at: index, input: shape).map(\.count)
    if let count = counts.max(), count > Self.mostWeights {
      throw problem(
        "\(place) has \(count) weights, more than \(Self.mostWeights); choose fewer outputs")
    }
  }

  private func check(outputs: Int, _ place: String) throws {
    guard (1...Self.largest.outputs).contains(outputs) else {
      throw problem("\(place) has \(outputs) outputs; choose 1 to \(Self.largest.outputs)")
    }
  }

  private func check(_ window: Window, _ place: String) throws {
    let kernel = 1...Self.largest.kernel
    let padding = 0...Self.largest.kernel
    guard kernel.contains(window.kernel.rows), kernel.contains(window.kernel.columns),
      kernel.contains(window.stride.rows), kernel.contains(window.stride.columns),
      padding.contains(window.padding.rows), padding.contains(window.padding.columns)
    else {
      throw problem(
        "\(place) has a window that is not possible; kernel and stride are at least 1, padding at "
          + "least 0, and all at most \(Self.largest.kernel)")
    }
  }

  private func extent(
    of window: Window, _ place: String, reading shape: [Int]
  ) throws -> [Int] {
    let output = window.output(of: .init(rows: shape[1], columns: shape[2]))
    guard output.rows > 0, output.columns > 0 else {
      throw problem(
        "images of \(input) are too small: \(shape[1]) x \(shape[2]) pixels reach \(place), whose "
          + "window is \(window.kernel.rows) x \(window.kernel.columns); use larger images or "
          + "fewer layers")
    }
    return [output.rows, output.columns]
  }
}
