import TopoCompute

/// A tensor that a case hands to its operations.
struct Argument: Sendable {
  /// What the operations do with it.
  enum Role: Sendable {
    /// They read it; it must not change.
    case input
    /// They read and write it: accumulators, state, and in-place forms.
    case updated
    /// They write every element of it; what was there must not matter.
    case output
    /// Memory of `TensorLifetime.step` between operations of a case.
    case step
  }

  /// Who makes the memory.
  enum Placement: Sendable {
    /// `Device.makeTensor`, or a view of a larger tensor.
    case dense
    /// `Device.makeActivation`; also such views where the device lays activations out densely.
    case activation
  }

  var name: String
  var shape: [Int]
  var elementType: ElementType
  var role: Role
  var placement: Placement
  /// One tensor serves all members.
  var shared = false
  /// Tolerance of this tensor where it differs from the case's.
  var tolerance: Tolerance?
  /// Elements of a member at the beginning; of member 0 for a shared tensor. Unused for outputs.
  var values: @Sendable (_ member: Int) -> HostValues

  /// Elements of one member.
  var count: Int { shape.reduce(1, *) }

  /// A `float32` input, uniform in [-1, 1] unless `values` are given.
  static func input(
    _ name: String, _ shape: [Int], _ placement: Placement = .dense, shared: Bool = false,
    values: (@Sendable (_ member: Int) -> [Float])? = nil
  ) -> Argument {
    typed(name, shape, .input, placement, shared: shared) { member in
      values?(member) ?? TestData(name, member: member).uniform(shape.reduce(1, *))
    }
  }

  /// An input of any element type.
  static func input<Element: DeviceElement>(
    _ name: String, _ shape: [Int], _ placement: Placement = .dense, shared: Bool = false,
    of type: Element.Type, values: @escaping @Sendable (_ member: Int) -> [Element]
  ) -> Argument {
    typed(name, shape, .input, placement, shared: shared, values: values)
  }

  /// A `float32` tensor that is read and written, uniform in [-1, 1] unless `values` are given.
  static func updated(
    _ name: String, _ shape: [Int], _ placement: Placement = .dense,
    tolerance: Tolerance? = nil, values: (@Sendable (_ member: Int) -> [Float])? = nil
  ) -> Argument {
    typed(name, shape, .updated, placement, tolerance: tolerance) { member in
      values?(member) ?? TestData(name, member: member).uniform(shape.reduce(1, *))
    }
  }

  /// A tensor of any element type that is read and written.
  static func updated<Element: DeviceElement>(
    _ name: String, _ shape: [Int], of type: Element.Type,
    values: @escaping @Sendable (_ member: Int) -> [Element]
  ) -> Argument {
    typed(name, shape, .updated, .dense, tolerance: .exact, values: values)
  }

  /// A tensor that the operations fill.
  static func output(
    _ name: String, _ shape: [Int], _ placement: Placement = .dense,
    of elementType: ElementType = .float32, tolerance: Tolerance? = nil
  ) -> Argument {
    Argument(
      name: name, shape: shape, elementType: elementType, role: .output, placement: placement,
      tolerance: elementType == .float32 ? tolerance : .exact
    ) { _ in HostValues(elementType: elementType, bits: []) }
  }

  /// Memory that only the case's operations see.
  static func step(
    _ name: String, _ shape: [Int], _ placement: Placement, of elementType: ElementType = .float32
  ) -> Argument {
    Argument(
      name: name, shape: shape, elementType: elementType, role: .step, placement: placement
    ) { _ in HostValues(elementType: elementType, bits: []) }
  }

  private static func typed<Element: DeviceElement>(
    _ name: String, _ shape: [Int], _ role: Role, _ placement: Placement, shared: Bool = false,
    tolerance: Tolerance? = nil, values: @escaping @Sendable (_ member: Int) -> [Element]
  ) -> Argument {
    Argument(
      name: name, shape: shape, elementType: Element.elementType, role: role,
      placement: placement, shared: shared, tolerance: tolerance
    ) { HostValues(values($0)) }
  }
}
