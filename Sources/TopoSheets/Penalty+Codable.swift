import TopoCompute

extension Penalty {
  private enum Key: String, CodingKey {
    case kind, metric, lambda, view, layout, scale, neighborhood
    /// The spelling in files of version 0.1.
    case neighbourhood
  }

  /// Reads a penalty.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    kind = try values.decode(Kind.self, forKey: .kind)
    metric = try values.decode(PenaltyMetric.self, forKey: .metric)
    lambda = try values.decode(Double.self, forKey: .lambda)
    view = try values.decode(View.self, forKey: .view)
    layout = try values.decode(Layout.self, forKey: .layout)
    scale = try values.decode(Scale.self, forKey: .scale)
    neighborhood =
      try values.decodeIfPresent(Neighborhood.self, forKey: .neighborhood)
      ?? values.decode(Neighborhood.self, forKey: .neighbourhood)
  }

  /// Writes a penalty.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(kind, forKey: .kind)
    try values.encode(metric, forKey: .metric)
    try values.encode(lambda, forKey: .lambda)
    try values.encode(view, forKey: .view)
    try values.encode(layout, forKey: .layout)
    try values.encode(scale, forKey: .scale)
    try values.encode(neighborhood, forKey: .neighborhood)
  }
}
