/// An operation prepared for the CPU: what a team does for one member.
final class CPUOperation: Operation {
  let name: String
  let members: Int
  let body: @Sendable (_ member: Int, _ team: Team) -> Void

  init(
    _ name: String, members: Int, _ body: @escaping @Sendable (_ member: Int, _ team: Team) -> Void
  ) {
    self.name = name
    self.members = members
    self.body = body
  }
}
