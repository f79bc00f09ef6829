import Foundation

extension OpenCLDevice {
  /// `Device.update`; the clock is read on the device.
  public func update(
    _ rule: OptimizerRule, parameters: Tensor, gradients: Tensor, state: Tensor, rates: Tensor,
    clock: Tensor
  ) throws -> any Operation {
    let members = parameters.members
    let count = parameters.count
    parameters.expect([count], members: members, "parameters")
    gradients.expect([count], members: members, "gradients")
    state.expect([rule.stateSlots, count], members: members, "state")
    rates.expect([1], members: members, "rates")
    clock.expect([2], members: members, type: .uint32, "clock")
    let perItem = 8
    var constants: KernelConstants = ["COUNT": .integer(count), "PER_ITEM": .integer(perItem)]
    var arguments: [KernelArgument] = [
      .tensor(parameters), .tensor(gradients), .tensor(state), .tensor(rates),
    ]
    let kernel: String
    switch rule {
    case .adam(let beta1, let beta2, let epsilon):
      kernel = "adam"
      arguments.append(.tensor(clock))
      constants["BETA2"] = .float(beta2)
      constants["BETA1_COMPLEMENT"] = .float(Float(1 - Double(beta1)))
      constants["BETA2_COMPLEMENT"] = .float(Float(1 - Double(beta2)))
      constants["BETA1_LOGARITHM"] = .float(Float(log(Double(beta1))))
      constants["BETA2_LOGARITHM"] = .float(Float(log(Double(beta2))))
      constants["EPSILON"] = .float(epsilon)
    case .sgd(let momentum):
      kernel = "sgd"
      constants["MOMENTUM"] = .float(momentum)
    }
    let block = context.quirks.pointwiseGroup * perItem
    let items = (count + block - 1) / block * context.quirks.pointwiseGroup
    return OpenCLOperation(
      "update/\(kernel)", on: self,
      [
        try pointwise(
          kernel, of: .optimizer, constants, arguments, count: items, members: members)
      ])
  }
}
