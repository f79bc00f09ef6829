import CLAPACK
import TopoFoundation

/// Eigenvalues and eigenvectors of symmetric matrices, through LAPACK's divide and conquer.
enum SymmetricEigenproblem {
  /// The eigenvalues of a symmetric matrix, ascending.
  /// - Parameter matrix: dense `[size, size]`.
  /// - Throws: `UserError` if LAPACK does not converge.
  static func values(_ matrix: [Double], size: Int) throws -> [Double] {
    var matrix = matrix
    return try solve(&matrix, size: size, vectors: false)
  }

  /// The eigenvalues of a symmetric matrix, ascending, and its eigenvectors of length 1, dense
  /// `[eigenvalue, coordinate]`.
  /// - Throws: `UserError` if LAPACK does not converge.
  static func vectors(
    _ matrix: [Double], size: Int
  ) throws -> (values: [Double], vectors: [Double]) {
    var matrix = matrix
    let values = try solve(&matrix, size: size, vectors: true)
    return (values, matrix)
  }

  private static func solve(
    _ matrix: inout [Double], size: Int, vectors: Bool
  ) throws -> [Double] {
    precondition(matrix.count == size * size, "a square matrix")
    guard size > 0 else { return [] }
    var values = [Double](repeating: 0, count: size)
    let job = CChar(UInt8(ascii: vectors ? "V" : "N"))
    // A symmetric matrix reads the same in both orders. In column-major order, the eigenvectors
    // lie one after the other.
    let status = LAPACKE_dsyevd(
      LAPACK_COL_MAJOR, job, CChar(UInt8(ascii: "U")), numericCast(size), &matrix,
      numericCast(size), &values)
    guard status == 0 else {
      throw UserError("the eigenvalues of a matrix of \(size) x \(size) values were not found")
    }
    return values
  }
}
