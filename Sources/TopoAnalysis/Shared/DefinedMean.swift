import TopoFoundation

/// The mean of the values that are defined, with the number of those that are not.
public struct DefinedMean: Sendable, Hashable {
  /// The mean; undefined for the reason of the last value if no value is defined.
  public let mean: MeasuredValue
  /// Number of values without a number.
  public let undefined: Int

  /// The mean of `values`.
  /// - Parameter empty: why there is no mean if there are no values.
  public init(_ values: [MeasuredValue], orUndefined empty: String) {
    let numbers = values.compactMap(\.number)
    undefined = values.count - numbers.count
    mean =
      numbers.isEmpty
      ? .undefined(values.last?.reason ?? empty) : MeasuredValue(Statistics.mean(numbers))
  }
}
