import TopoCompute

/// The device tensors of one layer, by role.
struct LayerParameters {
  private var byRole: [ParameterDescription.Role: Tensor] = [:]
  private let layer: String

  /// The tensors of layer `index` among `tensors`, which are in the order of the architecture's
  /// parameters.
  init(_ architecture: Architecture, layer index: Int, tensors: [Tensor?]) {
    layer = architecture.layers[index].name ?? "layer \(index + 1)"
    for (parameter, tensor) in zip(architecture.parameters, tensors)
    where parameter.layer == index {
      byRole[parameter.role] = tensor
    }
  }

  /// The tensor of a role.
  subscript(role: ParameterDescription.Role) -> Tensor {
    guard let tensor = byRole[role] else { preconditionFailure("\(layer) has no \(role)") }
    return tensor
  }
}
