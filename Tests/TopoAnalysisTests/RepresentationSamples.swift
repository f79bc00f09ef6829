import Foundation
import TestSupport
import TopoFoundation
import TopoSheets

@testable import TopoAnalysis

/// Made-up data of tests of representations.
struct RepresentationSamples {
  private var random: RandomSequence

  init(_ seed: UInt64) { random = RandomSequence(Philox(seed: seed, purpose: .test, stream: 7)) }

  /// Values of a normal distribution (Box and Muller).
  mutating func normal(_ count: Int) -> [Double] {
    (0..<count).map { _ in
      let (a, b) = (Double(random.nextUniform()), Double(random.nextUniform()))
      return (-2 * log(1 - a)).squareRoot() * cos(2 * .pi * b)
    }
  }

  mutating func matrix(_ rows: Int, _ columns: Int) -> FeatureMatrix {
    FeatureMatrix(normal(rows * columns), columns: columns)
  }

  mutating func permutation(_ count: Int) -> [Int] { random.permutation(count).map { Int($0) } }

  /// A layer whose classes differ, of images in random order of class.
  mutating func layer(
    images: Int, units: Int, classes: Int = 3, layout: UnitLayout? = nil, inputs: Int? = nil
  ) -> LayerData {
    let labels = (0..<images).map { _ in Int32(random.next(below: UInt32(classes))) }
    let centers = normal(classes * units)
    let noise = normal(images * units)
    let values = (0..<images * units).map { index in
      Float(centers[Int(labels[index / units]) * units + index % units] + 0.5 * noise[index])
    }
    return LayerData(
      activations: Activations(values, units: units),
      labels: ClassLabels(labels, classes: classes),
      weights: inputs.map { inputs in
        LayerData.Weights(normal(units * inputs).map { Float($0) }, inputs: inputs)
      }, layout: layout)
  }

  /// A stationary smooth map: white noise on a larger sheet, convolved with a Gaussian.
  mutating func smoothMap(rows: Int, columns: Int, width: Double) -> [Double] {
    let radius = Int(3 * width)
    let kernel = (-radius...radius).map { exp(-Double($0 * $0) / (2 * width * width)) }
    let (height, breadth) = (rows + 2 * radius, columns + 2 * radius)
    let noise = normal(height * breadth)
    var across = [Double](repeating: 0, count: height * columns)
    for row in 0..<height {
      for column in 0..<columns {
        var sum = 0.0
        for k in 0..<kernel.count { sum += kernel[k] * noise[row * breadth + column + k] }
        across[row * columns + column] = sum
      }
    }
    var map = [Double](repeating: 0, count: rows * columns)
    for row in 0..<rows {
      for column in 0..<columns {
        var sum = 0.0
        for k in 0..<kernel.count { sum += kernel[k] * across[(row + k) * columns + column] }
        map[row * columns + column] = sum
      }
    }
    return map
  }
}

extension MeasuredValue {
  /// The number; not a number if undefined, so that comparisons fail.
  var orNaN: Double { number ?? .nan }
}
