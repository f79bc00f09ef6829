import TopoData
import TopoFoundation

/// Drops of mud: where smoothed noise exceeds a threshold, smoothed again, with what is thin left
/// away. On gray images mud has its luminance in CIFAR-10-C's family and the gray 63 in MNIST-C's.
final class MudSpatter: CorruptionWorker {
  private let shape: ImageShape
  private let liquid: LiquidLayer
  private let smoothing: GaussianSmoothing
  private let mud: Scratch<Double>
  private let color: [Float]

  init(_ family: Corruption.Family, _ severity: Int, _ shape: ImageShape) {
    self.shape = shape
    let parameters: LiquidLayer.Parameters
    let sigma: Double
    (parameters, sigma) =
      family == .common
      ? (
        [(0.65, 0.1, 0.7, 0.69), (0.65, 0.1, 0.5, 0.68)][severity - 4], 0.6
      )
      : (
        [
          (0.65, 0.3, 4, 0.69), (0.65, 0.3, 3, 0.68), (0.65, 0.3, 2, 0.68), (0.65, 0.3, 1, 0.65),
          (0.67, 0.4, 1, 0.65),
        ][severity - 1], [0.6, 0.6, 0.5, 1.5, 1.5][severity - 1]
      )
    liquid = LiquidLayer(shape, parameters)
    smoothing = GaussianSmoothing(rows: shape.rows, columns: shape.columns, sigma: sigma)
    mud = Scratch(shape.rows * shape.columns)
    let brown: [Float] = [63 / 255, 42 / 255, 20 / 255]
    color =
      shape.channels == 3
      ? brown
      : family == .mnist ? [63 / 255] : [Luminance.of(brown[0], brown[1], brown[2])]
  }

  func corrupt(
    _ image: UnsafePointer<UInt8>, into output: UnsafeMutablePointer<UInt8>,
    random: CorruptionRandom
  ) {
    liquid.draw(random)
    for index in 0..<mud.count { mud[index] = liquid.values[index] > liquid.threshold ? 1 : 0 }
    smoothing.apply(mud.start)
    ImageSet.unitValues.withUnsafeBufferPointer { unit in
      for (channel, tone) in color.enumerated() {
        let start = channel * mud.count
        for index in 0..<mud.count {
          let share = mud[index] < 0.8 ? 0 : Float(mud[index])
          let x = unit[Int(image[start + index])]
          output[start + index] = UInt8(truncatingUnit: x * (1 - share) + tone * share)
        }
      }
    }
  }
}

/// Normal noise, smoothed, with what is below a threshold set to 0.
final class LiquidLayer {
  /// Mean and standard deviation of the noise, sigma of the smoothing, threshold.
  typealias Parameters = (mean: Double, standardDeviation: Double, sigma: Double, threshold: Double)

  /// `[row, column]`.
  let values: Scratch<Double>
  let threshold: Double
  private let parameters: Parameters
  private let normals: Scratch<Float>
  private let smoothing: GaussianSmoothing

  init(_ shape: ImageShape, _ parameters: Parameters) {
    self.parameters = parameters
    threshold = parameters.threshold
    values = Scratch(shape.rows * shape.columns)
    normals = Scratch(shape.rows * shape.columns)
    smoothing = GaussianSmoothing(
      rows: shape.rows, columns: shape.columns, sigma: parameters.sigma)
  }

  /// Draws a layer.
  func draw(_ random: CorruptionRandom) {
    random.normals(normals)
    for index in 0..<values.count {
      values[index] = parameters.mean + parameters.standardDeviation * Double(normals[index])
    }
    smoothing.apply(values.start)
    for index in 0..<values.count where values[index] < threshold { values[index] = 0 }
  }
}
