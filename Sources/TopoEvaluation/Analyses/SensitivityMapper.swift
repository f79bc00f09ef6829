import TopoAnalysis
import TopoCompute
import TopoData
import TopoNetworks

/// Finds where in images the units of sheets are sensitive: `SensitivityMaps` by gradients, for
/// networks of one architecture on a device.
///
/// ```swift
/// let mapper = try SensitivityMapper(architecture: architecture, capacity: 2, device: device)
/// try mapper.replace(with: networks)
/// let maps = try mapper.maps(of: images, normalization: normalization)   // by network
/// ```
///
/// A batch of images runs forward once, then backward once for each unit, so that maps of `n`
/// images cost about `n` times the number of units backward passes of an image.
public final class SensitivityMapper {
  private let architecture: Architecture
  private let device: any Device
  private let batch: Int
  private let parameters: ParameterArena
  private let input: Tensor
  private let program: SheetGradientProgram
  private var members = 0

  /// Default number of images on the device at a time.
  public static let batch = 32

  /// Allocates memory for `capacity` networks; `replace` puts them there.
  /// - Throws: `DeviceError`.
  public init(
    architecture: Architecture, capacity: Int, batch: Int = SensitivityMapper.batch,
    device: any Device
  ) throws {
    precondition(batch > 0 && capacity > 0)
    (self.architecture, self.device, self.batch) = (architecture, device, batch)
    let parameters = try ParameterArena(
      architecture: architecture, members: capacity, device: device)
    let shape = architecture.input
    // One copy for all members.
    let input = try device.makeActivation(
      members: 1, shape: [batch, shape.channels, shape.rows, shape.columns],
      elementType: .float32, lifetime: .persistent)
    program = try device.sharingStepMemory {
      try SheetGradientProgram(parameters: parameters, input: input, device: device)
    }
    (self.parameters, self.input) = (parameters, input)
  }

  /// The memory of `device` that `capacity` networks need; nothing is allocated.
  /// - Throws: `DeviceError` for operations that the device does not have.
  public static func memoryUse(
    architecture: Architecture, capacity: Int, batch: Int = SensitivityMapper.batch,
    device: any Device
  ) throws -> MemoryUse {
    try device.memoryUse {
      try SensitivityMapper(
        architecture: architecture, capacity: capacity, batch: batch, device: $0)
    }
  }

  /// Replaces the networks on the device by at most `capacity` others.
  /// - Throws: `DeviceError`.
  public func replace(with networks: [StateDictionary]) throws {
    members = networks.count
    try parameters.write(networks, device: device)
  }

  /// The maps of each network, means over images.
  /// - Parameters:
  ///   - images: values in [0, 1], dense `[image, channel, row, column]`, one at least.
  ///   - normalization: of the images. Maps are in units of `z` per unit of `x` all the same.
  ///   - units: those whose maps are wanted, in this order; by default all.
  /// - Throws: `DeviceError`.
  public func maps(
    of images: [Float], normalization: Normalization, units: [Int]? = nil
  ) throws -> [SensitivityMaps] {
    let shape = architecture.input
    precondition(!images.isEmpty && images.count.isMultiple(of: shape.count), "whole images")
    var normalized = images
    normalization.apply(to: &normalized, pixels: shape.rows * shape.columns)
    let all = architecture.sheet.units
    let units = units ?? Array(0..<all)
    let count = images.count / shape.count
    let plane = shape.rows * shape.columns
    // The gradient is that of normalized values.
    let scales = normalization.standardDeviation.map { 1 / Double($0) / Double(count) }
    var sums = [[Double]](
      repeating: [Double](repeating: 0, count: units.count * plane), count: members)
    var gradient = [Float](repeating: 0, count: parameters.members * program.sheetGradient.count)
    for first in stride(from: 0, to: count, by: batch) {
      let used = min(batch, count - first)
      // Places beyond the last image are not read.
      let values = normalized[first * shape.count..<(first + used) * shape.count]
      try device.write(
        values + [Float](repeating: 0, count: (batch - used) * shape.count), to: input)
      try device.run(program.forward.operations)
      for (place, unit) in units.enumerated() {
        for row in stride(from: unit, to: gradient.count, by: all) { gradient[row] = 1 }
        try device.write(gradient, to: program.sheetGradient)
        for row in stride(from: unit, to: gradient.count, by: all) { gradient[row] = 0 }
        try device.run(program.backward)
        let slopes = try device.read(program.inputGradient, as: Float.self)
        for member in 0..<members {
          let start = member * program.inputGradient.count
          Self.add(
            slopes[start..<start + used * shape.count], plane, scales, to: &sums[member],
            at: place * plane)
        }
      }
    }
    return sums.map { SensitivityMaps($0, rows: shape.rows, columns: shape.columns) }
  }

  /// Adds the magnitudes of slopes, over images and channels in order.
  /// - Parameters:
  ///   - slopes: dense `[image, channel, row, column]`.
  ///   - plane: pixels of a channel.
  ///   - scales: by channel.
  ///   - start: where the sums of the unit begin.
  private static func add(
    _ slopes: ArraySlice<Float>, _ plane: Int, _ scales: [Double], to sums: inout [Double],
    at start: Int
  ) {
    slopes.withUnsafeBufferPointer { slopes in
      sums.withUnsafeMutableBufferPointer { sums in
        for (index, first) in stride(from: 0, to: slopes.count, by: plane).enumerated() {
          let scale = scales[index % scales.count]
          for pixel in 0..<plane {
            sums[start + pixel] += Double(abs(slopes[first + pixel])) * scale
          }
        }
      }
    }
  }
}
