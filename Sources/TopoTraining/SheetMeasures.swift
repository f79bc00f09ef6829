import TopoFoundation

/// Values of measures of a sheet, by the names of the measures.
///
/// In JSON it is an object with a number for each value, or the reason why there is none.
public struct SheetMeasures: Sendable, Hashable {
  /// The values, or reasons why they are undefined.
  public var values: [String: MeasuredValue]

  /// Values by the names of their measures.
  public init(_ values: [String: MeasuredValue]) { self.values = values }

  /// The value of a measure; nil if it was not measured.
  public subscript(_ measure: String) -> MeasuredValue? { values[measure] }
}

extension SheetMeasures: Codable {
  private enum Entry: Codable {
    case number(Double)
    case reason(String)

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let number = try? container.decode(Double.self) {
        self = .number(number)
      } else {
        self = .reason(try container.decode(String.self))
      }
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .number(let number): try container.encode(number)
      case .reason(let reason): try container.encode(reason)
      }
    }
  }

  /// Reads an object as `encode` writes it.
  public init(from decoder: any Decoder) throws {
    values = try [String: Entry](from: decoder).mapValues { entry in
      switch entry {
      case .number(let number): MeasuredValue(number)
      case .reason(let reason): .undefined(reason)
      }
    }
  }

  /// Writes an object with a number or a reason for each measure.
  public func encode(to encoder: any Encoder) throws {
    try values.mapValues { value -> Entry in
      switch value {
      case .value(let number): .number(number)
      case .undefined(let reason): .reason(reason)
      }
    }.encode(to: encoder)
  }
}
