import TopoData
import TopoFoundation

/// Drops of water: a layer of liquid, lit along its edges, in pale turquoise (its luminance on gray
/// images).
///
/// The light follows the published code's calls of OpenCV: Canny's edges of the layer, the distance
/// from them up to 20, smoothed, equalized, embossed and smoothed again.
final class WaterSpatter: CorruptionWorker {
  private let shape: ImageShape
  private let liquid: LiquidLayer
  private let opacity: Float
  private let light: WaterLight
  private let bytes: Scratch<UInt8>
  private let mass: Scratch<Float>
  private let color: [Float]

  init(_ severity: Int, _ shape: ImageShape) {
    self.shape = shape
    let parameters: [LiquidLayer.Parameters] = [
      (0.62, 0.1, 0.7, 0.7), (0.65, 0.1, 0.8, 0.7), (0.65, 0.3, 1, 0.69),
    ]
    liquid = LiquidLayer(shape, parameters[severity - 1])
    opacity = 0.5
    light = WaterLight(rows: shape.rows, columns: shape.columns)
    bytes = Scratch(shape.rows * shape.columns)
    mass = Scratch(shape.rows * shape.columns)
    let turquoise: [Float] = [175 / 255, 238 / 255, 238 / 255]
    color =
      shape.channels == 3
      ? turquoise : [Luminance.of(turquoise[0], turquoise[1], turquoise[2])]
  }

  func corrupt(
    _ image: UnsafePointer<UInt8>, into output: UnsafeMutablePointer<UInt8>,
    random: CorruptionRandom
  ) {
    liquid.draw(random)
    for index in 0..<bytes.count {
      // A byte counts modulo 256: noise may exceed 1 by far.
      bytes[index] = UInt8(truncatingIfNeeded: Int(liquid.values[index] * 255))
    }
    light.shine(on: bytes)
    var largest: Float = 0
    for index in 0..<mass.count {
      mass[index] = Float(bytes[index]) * Float(light.values[index])
      largest = max(largest, mass[index])
    }
    let scale = largest > 0 ? largest : 1
    ImageSet.unitValues.withUnsafeBufferPointer { unit in
      for (channel, tone) in color.enumerated() {
        let start = channel * mass.count
        for index in 0..<mass.count {
          let x = unit[Int(image[start + index])]
          output[start + index] = UInt8(
            truncatingUnit: x + mass[index] / scale * opacity * tone)
        }
      }
    }
  }
}
