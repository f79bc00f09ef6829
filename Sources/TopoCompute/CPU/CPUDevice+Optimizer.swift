import Glibc

extension CPUDevice {
  /// `Device.update`; eight parameters at a time.
  public func update(
    _ rule: OptimizerRule, parameters: Tensor, gradients: Tensor, state: Tensor, rates: Tensor,
    clock: Tensor
  ) throws -> any Operation {
    let count = parameters.count
    let (p, g, s) = (
      CPUView<Float>(parameters), CPUView<Float>(gradients), CPUView<Float>(state)
    )
    let (rates, clock) = (CPUView<Float>(rates), CPUView<UInt32>(clock))

    switch rule {
    case .adam(let beta1, let beta2, let epsilon):
      return CPUOperation("adam", members: parameters.members) { member, team in
        let (p, g, m) = (p[member, team], g[member, team], s[member, team])
        let v = m + count
        let step = Double(clock[member, team][1]) + 1
        let correction1 = 1 - pow(Double(beta1), step)
        let correction2 = Vector(repeating: Float((1 - pow(Double(beta2), step)).squareRoot()))
        let rate = Float(Double(rates[member, team][0]) / correction1)
        team.forEachRange(count) { range in
          var index = range.lowerBound
          while index + 8 <= range.upperBound {
            let gradient = g.vector(at: index)
            let first = m.vector(at: index) * beta1 + gradient * (1 - beta1)
            let second = v.vector(at: index) * beta2 + gradient * gradient * (1 - beta2)
            m.store(first, at: index)
            v.store(second, at: index)
            p.store(
              p.vector(at: index) - first * rate
                / (second.squareRoot() / correction2 + epsilon), at: index)
            index += 8
          }
          for index in index..<range.upperBound {
            let gradient = g[index]
            m[index] = m[index] * beta1 + gradient * (1 - beta1)
            v[index] = v[index] * beta2 + gradient * gradient * (1 - beta2)
            p[index] -= m[index] * rate / (v[index].squareRoot() / correction2[0] + epsilon)
          }
        }
      }
    case .sgd(let momentum):
      return CPUOperation("sgd", members: parameters.members) { member, team in
        let (p, g, b) = (p[member, team], g[member, team], s[member, team])
        let rate = rates[member, team][0]
        // At the first step the state is zero, which makes both of PyTorch's cases one.
        team.forEachRange(count) { range in
          for index in range {
            b[index] = b[index] * momentum + g[index]
            p[index] -= rate * b[index]
          }
        }
      }
    }
  }
}
