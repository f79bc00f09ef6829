import Testing
import TopoEvaluation

/// Mean activations by class.
@Suite("Class means") struct ClassMeansTests {
  // Images of classes 0, 0 and 2; none of class 1. Two units.
  private let means = ClassMeans(sheet: [1, 0, 3, 2, 8, -5], labels: [0, 0, 2], classes: 3)

  @Test("means of the images of each class, and nothing for a class without images")
  func known() {
    #expect(means.means == [[2, 1], nil, [8, -5]])
  }

  @Test("tuning is the difference from the mean over classes")
  func tuning() {
    #expect(means.tuning == [[-3, 3], nil, [3, -3]])
  }

  @Test("a unit prefers the class with the largest mean, the first on ties")
  func preferred() {
    #expect(means.preferred == [2, 0])
    #expect(ClassMeans(sheet: [1, 1], labels: [1, 0], classes: 2).preferred == [0])
    #expect(ClassMeans(sheet: [], labels: [], classes: 2).preferred == nil)
  }
}
