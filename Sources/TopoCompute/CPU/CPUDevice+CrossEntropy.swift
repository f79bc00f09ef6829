import Glibc

extension CPUDevice {
  /// `Device.softmaxCrossEntropy`; row by row in double precision.
  public func softmaxCrossEntropy(
    logits: Tensor, targets: Tensor, score: Tensor, gradient: Tensor?
  ) throws -> any Operation {
    let (batch, classes) = (logits.shape[0], logits.shape[1])
    let (z, targets, score) = (
      CPUView<Float>(logits), CPUView<Int32>(targets), CPUView<Float>(score)
    )
    let gradient = gradient.map(CPUView<Float>.init)
    return CPUOperation("softmax-cross-entropy", members: logits.members) { member, team in
      let (z, targets, score) = (z[member, team], targets[member, team], score[member, team])
      let gradient = gradient?[member, team]
      team.once {
        var (loss, correct, count) = (0.0, 0, 0)
        for image in 0..<batch {
          let row = z + image * classes
          let target = Int(targets[image])
          guard target >= 0 else {
            gradient.map { ($0 + image * classes).update(repeating: 0, count: classes) }
            continue
          }
          var largest = row[0]
          for index in 1..<max(classes, 1) { largest = max(largest, row[index]) }
          var (sum, others) = (0.0, 0.0)
          for index in 0..<classes {
            let power = exp(Double(row[index] - largest))
            sum += power
            if index != target { others += power }
          }
          loss += log(sum) - Double(row[target] - largest)
          count += 1
          // Comparisons with NaN are false: such a row is not correct.
          let isCorrect = (0..<classes).allSatisfy { index in
            index < target ? row[index] < row[target] : row[index] <= row[target]
          }
          if isCorrect { correct += 1 }
          if let gradient {
            for index in 0..<classes {
              // The target's share less 1 is minus that of the others, which keeps its digits
              // however near 1 the share is.
              let part = index == target ? -others : exp(Double(row[index] - largest))
              gradient[image * classes + index] = Float(part / sum / Double(batch))
            }
          }
        }
        score[0] += Float(loss)
        score[1] += Float(correct)
        score[2] += Float(count)
      }
    }
  }
}
