import Synchronization

/// The step memory of prepared operations that never run at the same time, for them to share.
///
/// What one group of operations took, the next group is given again, piece by piece: the smallest
/// that is large enough. Pieces belong to their tensors, and are forgotten with the last of them.
final class StepMemory<Storage: AnyObject & Sendable>: Sendable {
  private struct Piece {
    weak var storage: Storage?
    let bytes: Int
    var isTaken: Bool
  }

  private struct State {
    var pieces: [Piece] = []
    /// Groups that are being prepared: 0 outside, more than 1 where calls are nested.
    var depth = 0
  }

  private let state = Mutex(State())

  /// Prepares one group. A group within a group is part of it.
  func share<Result>(_ prepare: () throws -> Result) rethrows -> Result {
    state.withLock { state in
      if state.depth == 0 {
        state.pieces.removeAll { $0.storage == nil }
        for index in state.pieces.indices { state.pieces[index].isTaken = false }
      }
      state.depth += 1
    }
    defer { state.withLock { $0.depth -= 1 } }
    return try prepare()
  }

  /// A piece of at least `bytes`: one that other groups use too, or what `make` makes.
  func piece(of bytes: Int, _ make: () throws -> Storage) rethrows -> Storage {
    let found: Storage? = state.withLock { state in
      guard state.depth > 0 else { return nil }
      let best = state.pieces.indices
        .filter { state.pieces[$0].bytes >= bytes && !state.pieces[$0].isTaken }
        .min { state.pieces[$0].bytes < state.pieces[$1].bytes }
      guard let best, let storage = state.pieces[best].storage else { return nil }
      state.pieces[best].isTaken = true
      return storage
    }
    if let found { return found }
    let made = try make()
    state.withLock { state in
      guard state.depth > 0 else { return }
      state.pieces.append(Piece(storage: made, bytes: bytes, isTaken: true))
    }
    return made
  }
}
