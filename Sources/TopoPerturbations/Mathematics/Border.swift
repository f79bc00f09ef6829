/// Which pixel stands for one outside the image, at any distance.
enum Border {
  /// `c b a | a b c d | d c b`: called reflect by SciPy.
  @inline(__always)
  static func reflect(_ index: Int, _ count: Int) -> Int {
    if index >= 0, index < count { return index }
    let period = 2 * count
    var place = index % period
    if place < 0 { place += period }
    return place < count ? place : period - 1 - place
  }

  /// `d c b | a b c d | c b a`: called reflect-101 by OpenCV.
  @inline(__always)
  static func mirror(_ index: Int, _ count: Int) -> Int {
    if index >= 0, index < count { return index }
    if count == 1 { return 0 }
    let period = 2 * count - 2
    var place = index % period
    if place < 0 { place += period }
    return place < count ? place : period - place
  }

  /// `a a a | a b c d | d d d`.
  @inline(__always)
  static func nearest(_ index: Int, _ count: Int) -> Int {
    index < 0 ? 0 : index < count ? index : count - 1
  }
}
