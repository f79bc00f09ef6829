import TopoData
import TopoFoundation

/// One call of `MNISTCorruption.apply`: what its images share, such as tables of an affine map.
struct MNISTPainter: Sendable {
  private let kind: MNISTCorruption.Kind
  private let rows: Int
  private let columns: Int
  private let source: Philox
  /// A map for each outcome of the coins.
  private let maps: [AffineMap]

  init(kind: MNISTCorruption.Kind, rows: Int, columns: Int, parameter: Double, source: Philox) {
    self.kind = kind
    self.rows = rows
    self.columns = columns
    self.source = source
    func around(_ matrix: AffineMap.Matrix) -> AffineMap {
      AffineMap(aroundCenter: matrix, rows: rows, columns: columns)
    }
    switch kind {
    case .shear:
      maps = [-1, 1].map { sign in
        let (sine, cosine) = Elementary.sineAndCosine(sign * parameter)
        return around((1, -sine, 0, cosine))
      }
    case .rotate:
      maps = [-1, 1].map { sign in
        let (sine, cosine) = Elementary.sineAndCosine(sign * parameter)
        return around((cosine, -sine, sine, cosine))
      }
    case .scale: maps = [around((1 / parameter, 0, 0, 1 / parameter))]
    case .translate:
      let step = Int(parameter)
      maps = [(-1, -1), (-1, 1), (1, -1), (1, 1)].map {
        AffineMap(reading: $0.0 * step, $0.1 * step, rows: rows, columns: columns)
      }
    default: maps = []
    }
  }

  /// Perturbs the images of one worker.
  func paint(_ work: ImageWorkers.Part) {
    let pixels = rows * columns
    let canny = kind == .cannyEdges ? CannyEdges(rows: rows, columns: columns) : nil
    // One value more: what is outside, for maps.
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * pixels + 1) { scratch in
      guard let values = scratch.baseAddress else { return }
      values[pixels] = 0
      let mapped = values + pixels + 1
      for image in work.images {
        let bytes = work.input(image)
        for pixel in 0..<pixels { values[pixel] = Double(bytes[pixel]) / 255 }
        let words = source.words(at: UInt64(image))
        if maps.isEmpty {
          change(values, words, canny)
          Self.store(values, work.output(image), pixels)
        } else {
          // With one coin its outcome, with two both; none leaves one map.
          let (first, second) = (Int(words.x >> 31), Int(words.y >> 31))
          let outcome = maps.count == 1 ? 0 : maps.count == 2 ? first : 2 * first + second
          maps[outcome].apply(to: values, result: mapped)
          Self.store(mapped, work.output(image), pixels)
        }
      }
    }
  }

  private func change(
    _ values: UnsafeMutablePointer<Double>, _ words: SIMD4<UInt32>, _ canny: CannyEdges?
  ) {
    // Heights are drawn without the last row, as the published code does.
    func height(_ word: UInt32) -> Double { Double(Philox.integer(below: rows - 1, word)) }
    func draw(
      _ start: Stroke.Point, _ end: Stroke.Point, where shows: (Int) -> Bool = { _ in true }
    ) {
      Stroke.draw(from: start, to: end, on: values, rows: rows, columns: columns, where: shows)
    }
    switch kind {
    case .stripe:
      let margin = columns / 4
      for row in 0..<rows {
        for column in 0..<columns where column < margin || column >= columns - margin {
          values[row * columns + column] = 1 - values[row * columns + column]
        }
      }
    case .line:
      draw(
        Stroke.Point(column: Double(Philox.integer(below: 5, words.x)), row: height(words.z)),
        Stroke.Point(
          column: Double(columns - 6 + Philox.integer(below: 5, words.y)), row: height(words.w)))
    case .dottedLine:
      draw(
        Stroke.Point(column: 0, row: height(words.x)),
        Stroke.Point(column: Double(columns - 1), row: height(words.y))
      ) { $0 % 4 >= 2 }
    case .zigzag:
      let corners = Stroke.zigzag(
        row: Philox.integer(below: rows - 1, words.x),
        descent: Philox.integer(below: 10, words.y) - 5, columns: columns)
      for (start, end) in zip(corners, corners.dropFirst()) { draw(start, end) }
    case .cannyEdges: canny?.apply(to: values)
    default: break
    }
  }

  /// Values in [0, 1] as bytes over 255. They pass through Float32, as in the published code, which
  /// puts what is a hair below a byte onto it; then the fraction is dropped.
  private static func store(
    _ values: UnsafePointer<Double>, _ output: UnsafeMutablePointer<Float>, _ count: Int
  ) {
    ImageSet.unitValues.withUnsafeBufferPointer { unit in
      for index in 0..<count {
        let value = Float(min(max(values[index], 0), 1) * 255)
        output[index] = unit[Int(value)]
      }
    }
  }
}
