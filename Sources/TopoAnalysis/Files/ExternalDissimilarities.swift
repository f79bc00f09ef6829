import TopoFoundation

/// A dissimilarity matrix from a file, such as that of a brain area or of another network.
///
/// ```swift
/// let cortex = try ExternalDissimilarities("it-cortex.npy")
/// let analysis = RepresentationAnalysis(external: cortex.matrix)
/// ```
public struct ExternalDissimilarities: Sendable {
  /// The path of the file, as it was given.
  public let path: String
  /// The matrix.
  public let matrix: DissimilarityMatrix
  /// CRC-32 of its values.
  public let checksum: UInt32

  /// Reads a square, symmetric array, `[item, item]`, of NumPy or safetensors. NaN stands for
  /// undefined entries; the diagonal is not used.
  /// - Throws: `UserError` that names the file.
  public init(_ path: String) throws {
    let array = try NumericArray(path) { $0 }
    guard array.shape.count == 2, array.shape[0] == array.shape[1], array.shape[0] > 1 else {
      throw UserError(
        path,
        "has the shape \(array.shape); dissimilarities are a square matrix of two items or more")
    }
    do {
      matrix = try DissimilarityMatrix(square: array.values, items: array.shape[0])
    } catch let error as UserError { throw UserError(path, error.description) }
    self.path = path
    var checksum = Checksum()
    array.values.withUnsafeBytes { checksum.add($0) }
    self.checksum = checksum.value
  }

  /// Refuses dissimilarities of a number of items that neither the chosen images (`ImageChoice`),
  /// nor the classes, nor the units have.
  /// - Parameters:
  ///   - images: number of images.
  ///   - labels: their classes; nil if unknown.
  ///   - units: numbers of units of the layers whose weights are known.
  /// - Throws: `UserError` that names the file and these numbers.
  public func requireFit(images: Int, labels: ClassLabels?, units: Set<Int>) throws {
    let chosen = ImageChoice.of(images: images, labels: labels).count
    let fitting = units.union([chosen]).union(labels.map { [$0.classes, $0.present.count] } ?? [])
    guard !fitting.contains(matrix.items) else { return }
    let counts =
      [chosen.counted("chosen image")]
      + (labels.map { [$0.present.count.counted("class")] } ?? [])
      + units.sorted().map { $0.counted("unit") }
    let list =
      counts.count == 1
      ? counts[0] : counts.dropLast().joined(separator: ", ") + " and \(counts[counts.count - 1])"
    throw UserError(
      path,
      "has \(matrix.items.counted("item")), but there \(chosen == 1 ? "is" : "are") \(list)"
        + "; give dissimilarities of one of these")
  }
}
