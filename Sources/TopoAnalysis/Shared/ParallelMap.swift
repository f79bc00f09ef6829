import TopoFoundation

/// Results of `body` for `0..<count`, in order, computed on all cores.
package func parallelMap<Value: Sendable>(
  _ count: Int, _ body: @Sendable (Int) -> Value
) -> [Value] {
  do {
    return try concurrentMap(count, body)
  } catch {
    preconditionFailure("bodies do not throw")
  }
}
