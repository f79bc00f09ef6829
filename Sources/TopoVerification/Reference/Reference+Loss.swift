import Foundation

extension Reference {
  /// Softmax cross-entropy over a batch.
  /// - Parameters:
  ///   - logits: `[B, class]`.
  ///   - targets: class of each row; rows with a negative one count nowhere.
  /// - Returns: what is added to the score (the sum of the losses, the number of correct
  ///   predictions, the number of images counted) and `(softmax - one hot) / B`.
  public static func softmaxCrossEntropy(
    logits: Dense, targets: [Int]
  ) -> (score: [Double], gradient: Dense) {
    let (batch, classes) = (logits.shape[0], logits.shape[1])
    var score = [0.0, 0.0, 0.0]
    var gradient = Dense(zeros: logits.shape)
    for (image, target) in targets.enumerated() where target >= 0 {
      let row = Array(logits.values[image * classes..<(image + 1) * classes])
      let hasNaN = row.contains { $0.isNaN }
      let largest = hasNaN ? .nan : row.reduce(-.infinity, max)
      let exponentials = row.map { exp($0 - largest) }
      let sum = exponentials.reduce(0, +)
      score[0] += log(sum) + largest - row[target]
      if !hasNaN && row.firstIndex(of: largest) == target { score[1] += 1 }
      score[2] += 1
      for label in 0..<classes {
        let oneHot = label == target ? 1.0 : 0.0
        gradient.values[image * classes + label] =
          (exponentials[label] / sum - oneHot) / Double(batch)
      }
    }
    return (score, gradient)
  }
}
