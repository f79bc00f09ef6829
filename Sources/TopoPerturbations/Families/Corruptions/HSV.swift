/// Hue, saturation and value, each in [0, 1], as scikit-image defines them.
struct HSV {
  var hue: Double
  var saturation: Double
  var value: Double

  /// A gray.
  init(_ gray: Double) { (hue, saturation, value) = (0, 0, gray) }

  /// The color of red, green and blue in [0, 1].
  @inline(__always)
  init(red: Double, green: Double, blue: Double) {
    value = max(red, green, blue)
    let range = value - min(red, green, blue)
    guard range > 0 else {
      (hue, saturation) = (0, 0)
      return
    }
    saturation = range / value
    // Of equal ones, the last channel counts.
    let sixths =
      blue == value
      ? 4 + (red - green) / range
      : green == value ? 2 + (blue - red) / range : (green - blue) / range
    let turn = sixths / 6
    hue = turn < 0 ? turn + 1 : turn
  }

  /// Red, green and blue in [0, 1].
  @inline(__always)
  var rgb: (Double, Double, Double) {
    let sixth = (hue * 6).rounded(.down)
    let rest = hue * 6 - sixth
    let low = value * (1 - saturation)
    let falling = value * (1 - rest * saturation)
    let rising = value * (1 - (1 - rest) * saturation)
    return switch Int(sixth) % 6 {
    case 0: (value, rising, low)
    case 1: (falling, value, low)
    case 2: (low, value, rising)
    case 3: (low, falling, value)
    case 4: (rising, low, value)
    default: (value, low, falling)
    }
  }

  /// The luminance by scikit-image's weights; exactly the gray of a pixel without color.
  var luminance: Double {
    let (red, green, blue) = rgb
    return red == green && green == blue ? red : 0.2125 * red + 0.7154 * green + 0.0721 * blue
  }

  /// Changes the color of each pixel of an image `[3, pixels]`; results are truncated to bytes.
  @inline(__always)
  static func map(
    _ image: UnsafePointer<UInt8>, into output: UnsafeMutablePointer<UInt8>, pixels: Int,
    _ change: (inout HSV) -> Void
  ) {
    for index in 0..<pixels {
      var color = HSV(
        red: Double(image[index]) / 255, green: Double(image[pixels + index]) / 255,
        blue: Double(image[2 * pixels + index]) / 255)
      change(&color)
      let (red, green, blue) = color.rgb
      output[index] = Corruption.Family.common.byte(red)
      output[pixels + index] = Corruption.Family.common.byte(green)
      output[2 * pixels + index] = Corruption.Family.common.byte(blue)
    }
  }
}
