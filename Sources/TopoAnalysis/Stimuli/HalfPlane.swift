/// The points `(x, y)` with `a x + b y <= c`.
struct HalfPlane {
  let a, b, c: Double

  init(_ a: Double, _ b: Double, _ c: Double) { (self.a, self.b, self.c) = (a, b, c) }

  /// The area of the part of a pixel, a square of side 1 around a point, that is in all half planes.
  static func area(ofPixelAt center: (x: Double, y: Double), within planes: [HalfPlane]) -> Double {
    var corners = [(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)].map {
      (x: center.x + $0.0, y: center.y + $0.1)
    }
    for plane in planes { corners = plane.clip(corners) }
    // Half the sum of the cross products of neighboring corners.
    var sum = 0.0
    for (index, corner) in corners.enumerated() {
      let next = corners[(index + 1) % corners.count]
      sum += corner.x * next.y - next.x * corner.y
    }
    return max(sum / 2, 0)
  }

  /// The part of a convex polygon that is in the half plane.
  private func clip(_ corners: [(x: Double, y: Double)]) -> [(x: Double, y: Double)] {
    var kept: [(x: Double, y: Double)] = []
    for (index, corner) in corners.enumerated() {
      let next = corners[(index + 1) % corners.count]
      let (here, there) = (depth(corner), depth(next))
      if here >= 0 { kept.append(corner) }
      if (here > 0 && there < 0) || (here < 0 && there > 0) {
        let part = here / (here - there)
        kept.append((corner.x + part * (next.x - corner.x), corner.y + part * (next.y - corner.y)))
      }
    }
    return kept
  }

  private func depth(_ point: (x: Double, y: Double)) -> Double {
    c - a * point.x - b * point.y
  }
}
