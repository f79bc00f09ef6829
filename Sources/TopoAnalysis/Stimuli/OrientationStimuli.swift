import Foundation
import TopoFoundation

/// Images of gratings or bars at orientations all around.
///
/// Orientations are in degrees, in [0, 180): 0 is horizontal, 90 vertical. A stimulus does not
/// change along the direction `(cos theta, sin theta)` of x (columns, to the right) and y (rows,
/// down).
///
/// ```swift
/// let stimuli = OrientationStimuli.gratings(ImageShape(channels: 1, rows: 28, columns: 28))
/// stimuli.stimuli.count     // 384: 3 wavelengths x 16 orientations x 8 phases
/// stimuli.images            // dense [stimulus, channel, row, column]
/// ```
public struct OrientationStimuli: Sendable, Hashable {
  /// What an image shows.
  public struct Stimulus: Sendable, Hashable {
    /// Index of the orientation.
    public let orientation: Int
    /// Degrees, in [0, 180).
    public let degrees: Double
    /// Index of the wavelength, the longest first; 0 for bars.
    public let wavelength: Int
    /// Pixels per period; nil for bars.
    public let pixels: Double?
    /// Radians, in [0, 2 pi); 0 for bars.
    public let phase: Double
  }

  /// Extents of an image.
  public let shape: ImageShape
  /// By image: by wavelength, then orientation, then phase.
  public let stimuli: [Stimulus]
  /// In [0, 1], dense `[stimulus, channel, row, column]`. All channels are equal.
  public let images: [Float]
  /// Number of orientations, evenly spaced over 180 degrees.
  public let orientations: Int
  /// Pixels per period, the longest first; empty for bars.
  public let wavelengths: [Double]
  /// The image without a stimulus, dense `[channel, row, column]`.
  public let blank: [Float]

  /// Gratings `0.5 + 0.5 C sin(2 pi (sin(theta) x - cos(theta) y) / w + phi)` within a round window.
  ///
  /// The window is 1 up to a radius and falls to 0 as a raised cosine, so that neither the frame nor
  /// the padding of convolutions favors orientations along the axes: 11 of 14 pixels (13 of 16) and
  /// 2 pixels of ramp. Around it is the mean level, 0.5. From each grating its mean within the window
  /// is subtracted, so that each image has mean 0.5. The gratings of a wavelength then share the
  /// largest contrast that keeps them within [0, 1].
  /// - Parameters:
  ///   - orientations: an even number.
  ///   - phases: evenly spaced over 2 pi.
  ///   - wavelengths: in pixels, the longest first; by default a half, a quarter and an eighth of the
  ///     smaller side, rounded: 14, 7 and 4 (16, 8 and 4).
  ///   - contrast: `C`, in (0, 1].
  ///   - isWindowed: whether there is a window. The formula alone is for comparison, and for images
  ///     of one or two rows or columns, which are too small for one.
  public static func gratings(
    _ shape: ImageShape, orientations: Int = 16, phases: Int = 8, wavelengths: [Double]? = nil,
    contrast: Double = 1, isWindowed: Bool = true
  ) -> OrientationStimuli {
    let half = Double(min(shape.rows, shape.columns)) / 2
    let wavelengths = wavelengths ?? [half, half / 2, half / 4].map { max($0.rounded(), 2) }
    let window = isWindowed ? Self.window(shape) : []
    // Of an image of one or two rows or columns, no pixel is within the window.
    let isShown = isWindowed && window.contains { $0 > 0 }
    var (stimuli, planes) = ([Stimulus](), [[Double]]())
    for (index, pixels) in wavelengths.enumerated() {
      var waves: [[Double]] = []
      for orientation in 0..<orientations {
        for step in 0..<phases {
          let degrees = 180 * Double(orientation) / Double(orientations)
          let phase = 2 * Double.pi * Double(step) / Double(phases)
          stimuli.append(
            Stimulus(
              orientation: orientation, degrees: degrees, wavelength: index, pixels: pixels,
              phase: phase))
          let wave = Self.wave(shape, degrees: degrees, pixels: pixels, phase: phase)
          waves.append(isShown ? Self.balanced(wave, in: window) : wave)
        }
      }
      let largest = waves.reduce(1) { max($0, $1.reduce(0) { max($0, abs($1)) }) }
      planes += waves.map { wave in wave.map { 0.5 + 0.5 * contrast / largest * $0 } }
    }
    return OrientationStimuli(
      shape, stimuli, planes, orientations: orientations, wavelengths: wavelengths, blank: 0.5)
  }

  /// White bars on black through the center, 3 x 18 pixels in an image of 28 x 28 and in proportion
  /// to the smaller side otherwise. Each pixel is the share of its area that the bar covers.
  /// - Parameter orientations: an even number.
  public static func bars(_ shape: ImageShape, orientations: Int = 16) -> OrientationStimuli {
    let scale = Double(min(shape.rows, shape.columns)) / 28
    let stimuli = (0..<orientations).map { orientation in
      Stimulus(
        orientation: orientation, degrees: 180 * Double(orientation) / Double(orientations),
        wavelength: 0, pixels: nil, phase: 0)
    }
    let planes = stimuli.map {
      bar(shape, degrees: $0.degrees, length: 18 * scale, width: 3 * scale)
    }
    return OrientationStimuli(
      shape, stimuli, planes, orientations: orientations, wavelengths: [], blank: 0)
  }

  private init(
    _ shape: ImageShape, _ stimuli: [Stimulus], _ planes: [[Double]], orientations: Int,
    wavelengths: [Double], blank level: Float
  ) {
    precondition(orientations.isMultiple(of: 2), "each orientation has an orthogonal one")
    (self.shape, self.stimuli) = (shape, stimuli)
    (self.orientations, self.wavelengths) = (orientations, wavelengths)
    blank = [Float](repeating: level, count: shape.count)
    var images: [Float] = []
    images.reserveCapacity(planes.count * shape.count)
    for plane in planes {
      let plane = plane.map { Float(min(max($0, 0), 1)) }
      for _ in 0..<shape.channels { images += plane }
    }
    self.images = images
  }

  /// The sine of a grating, `[row, column]`.
  private static func wave(
    _ shape: ImageShape, degrees: Double, pixels: Double, phase: Double
  ) -> [Double] {
    let (cosine, sine) = direction(degrees)
    return (0..<shape.rows).flatMap { y in
      (0..<shape.columns).map { x in
        sin(2 * .pi * (sine * Double(x) - cosine * Double(y)) / pixels + phase)
      }
    }
  }

  /// Cosine and sine, exact along the axes.
  private static func direction(_ degrees: Double) -> (Double, Double) {
    if degrees == 0 { return (1, 0) }
    if degrees == 90 { return (0, 1) }
    return (cos(degrees * .pi / 180), sin(degrees * .pi / 180))
  }

  /// The window of gratings, `[row, column]`, in [0, 1].
  static func window(_ shape: ImageShape) -> [Double] {
    let half = Double(min(shape.rows, shape.columns)) / 2
    let ramp = max((half / 7).rounded(.down), 1)
    let radius = half - 1.5 * ramp
    let (middle, center) = (Double(shape.rows - 1) / 2, Double(shape.columns - 1) / 2)
    return (0..<shape.rows).flatMap { y in
      (0..<shape.columns).map { x in
        let (down, across) = (Double(y) - middle, Double(x) - center)
        let distance = (down * down + across * across).squareRoot()
        let part = min(max((distance - radius) / ramp, 0), 1)
        return 0.5 + 0.5 * cos(.pi * part)
      }
    }
  }

  /// A wave within a window, without its mean there.
  private static func balanced(_ wave: [Double], in window: [Double]) -> [Double] {
    let weight = window.reduce(0, +)
    let mean = zip(wave, window).reduce(0.0) { $0 + $1.0 * $1.1 } / weight
    return zip(wave, window).map { ($0 - mean) * $1 }
  }

  /// The share of each pixel that a bar covers, `[row, column]`.
  private static func bar(
    _ shape: ImageShape, degrees: Double, length: Double, width: Double
  ) -> [Double] {
    let (cosine, sine) = direction(degrees)
    let (middle, center) = (Double(shape.rows - 1) / 2, Double(shape.columns - 1) / 2)
    let sides = [
      HalfPlane(cosine, sine, length / 2), HalfPlane(-cosine, -sine, length / 2),
      HalfPlane(sine, -cosine, width / 2), HalfPlane(-sine, cosine, width / 2),
    ]
    return (0..<shape.rows).flatMap { y in
      (0..<shape.columns).map { x in
        HalfPlane.area(ofPixelAt: (Double(x) - center, Double(y) - middle), within: sides)
      }
    }
  }
}
