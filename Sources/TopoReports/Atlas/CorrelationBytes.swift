import Foundation
import TopoAnalysis

/// Correlations of units in a byte each: `round(127 r)`, or -128 if undefined.
enum CorrelationBytes {
  /// The correlations of pairs of units, and of units with themselves: rows of the upper triangle
  /// with its diagonal.
  static func bytes(_ matrix: CorrelationMatrix) -> [Int8] {
    (0..<matrix.units).flatMap { first in
      (first..<matrix.units).map { second in
        matrix[first, second].map { Int8((127 * $0).rounded()) } ?? -128
      }
    }
  }

  /// The bytes as base64.
  static func text(_ matrix: CorrelationMatrix) -> String {
    Data(bytes(matrix).map { UInt8(bitPattern: $0) }).base64EncodedString()
  }
}
