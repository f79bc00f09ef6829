extension Corruption {
  /// What it does, in one line.
  public var summary: String {
    switch kind {
    case .gaussianNoise: "normal noise for each pixel and channel"
    case .shotNoise: "photons counted: Poisson noise for each pixel and channel"
    case .impulseNoise: "pixels of single channels set to 0 or 255"
    case .defocusBlur: "the blur of a lens out of focus"
    case .glassBlur: "pixels exchanged with near ones, as behind frosted glass"
    case .motionBlur: "the blur of a moving camera, in a random direction"
    case .zoomBlur: "the blur of a camera moving toward the image"
    case .snow: "falling snow over a whitened image"
    case .frost: "a piece of a photograph of frost over the image; needs a folder of photographs"
    case .fog: "a random cloud over the image"
    case .brightness: "the image brightened"
    case .contrast: "contrast lowered"
    case .elasticTransform: "a random affine map and a random smooth displacement"
    case .pixelate: "made smaller and enlarged again"
    case .jpegCompression: "compressed as JPEG and decompressed"
    case .speckleNoise: "normal noise in proportion to the pixel"
    case .gaussianBlur:
      family == .common ? "a Gaussian blur" : "a Gaussian blur, down the columns only as published"
    case .spatter:
      family == .common ? "drops of water (1 to 3) or mud (4, 5)" : "drops of mud"
    case .saturate: "colors washed out (1, 2) or exaggerated (3 to 5)"
    }
  }
}
