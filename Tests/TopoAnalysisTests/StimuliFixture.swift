/// Values of numpy and scipy, from `Fixtures/make_stimuli.py`.
struct StimuliFixture: Decodable {
  let side, units: Int
  let wavelengths: [Double]
  let gratings: [[Double]]
  let chosen: [Int]
  let first, second: [Float]
  let indices, dPrimes, correlations: [Double]
  let profile: [[Double]]
  let centers, slopes: [Double]

  static func read() throws -> StimuliFixture {
    try AnalysisFixture.read("stimuli", as: StimuliFixture.self)
  }
}
