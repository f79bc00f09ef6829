import TopoCompute

extension ReferenceDevice {
  package func attackStep(
    _ norm: AttackNorm, clean: Tensor, from: Tensor, gradient: Tensor?, strength: Tensor,
    mean: [Float], deviation: [Float], images: Tensor, input: Tensor
  ) throws -> any Operation {
    ReferenceOperation("attack-step-\(norm.rawValue)", outputs: [images, input]) { member in
      let strength = load(strength, member: member).values
      let result = Reference.attackStep(
        norm, clean: load(clean, member: member), from: load(from, member: member),
        gradient: gradient.map { load($0, member: member) }, size: strength[0],
        radius: strength[1], mean: mean.map(Double.init), deviation: deviation.map(Double.init))
      store(result.images, in: images, member: member)
      store(result.input, in: input, member: member)
    }
  }
}
