import TopoCompute

extension ReferenceDevice {
  package func attackStep(
    _ norm: AttackNorm, clean: Tensor, from: Tensor, gradient: Tensor?, stepAndRadius: Tensor,
    mean: [Float], standardDeviation: [Float], images: Tensor, input: Tensor
  ) throws -> any Operation {
    ReferenceOperation("attack-step-\(norm.rawValue)", outputs: [images, input]) { member in
      let stepAndRadius = load(stepAndRadius, member: member).values
      let result = Reference.attackStep(
        norm, clean: load(clean, member: member), from: load(from, member: member),
        gradient: gradient.map { load($0, member: member) }, size: stepAndRadius[0],
        radius: stepAndRadius[1], mean: mean.map(Double.init),
        standardDeviation: standardDeviation.map(Double.init))
      store(result.images, in: images, member: member)
      store(result.input, in: input, member: member)
    }
  }
}
