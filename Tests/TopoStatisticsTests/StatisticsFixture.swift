import Foundation
import Testing

/// Values of scipy, written by Fixtures/make_statistics.py.
struct StatisticsFixture: Decodable {
  struct Sample: Decodable {
    var differences: [Double]
    var t, tTest, signFlip, wilcoxon: Double
    var percentile, corrected: [Double]?
  }

  struct Trend: Decodable {
    var blocks: [[Double]]
    var statistic, p, correlation: Double
  }

  struct Power: Decodable {
    var pairs: Int
    var effect, alpha, power: Double
  }

  var samples: [Sample]
  var trends: [Trend]
  var power: [Power]
  var normal: [[Double]]

  static func read() throws -> StatisticsFixture {
    let url = try #require(
      Bundle.module.url(forResource: "Fixtures/statistics", withExtension: "json"))
    return try JSONDecoder().decode(StatisticsFixture.self, from: Data(contentsOf: url))
  }
}
