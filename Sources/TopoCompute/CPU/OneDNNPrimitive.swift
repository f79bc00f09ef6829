import COneDNN

/// A compiled oneDNN primitive with argument lists for every thread.
final class OneDNNPrimitive: @unchecked Sendable {
  /// Arguments as the shim numbers them, for all directions.
  enum Argument: Int32, CaseIterable {
    case source = 0
    case weights = 1
    case bias = 2
    case destination = 3
  }

  /// Pointers to the arguments of one execution.
  struct Pointers {
    var source: UnsafeMutableRawPointer?
    var weights: UnsafeMutableRawPointer?
    var bias: UnsafeMutableRawPointer?
    var destination: UnsafeMutableRawPointer?
  }

  let implementation: String
  let layouts: [Argument: OneDNNLayout]
  private let oneDNN: OneDNN
  private let primitive: dnnl_primitive_t
  /// Four arguments and the scratchpad per thread.
  private let memories: [dnnl_memory_t?]
  private let arguments: UnsafeMutablePointer<dnnl_exec_arg_t>
  private let argumentCount: Int
  private static let slots = 5

  /// Compiles `description`, which it releases.
  /// - Throws: `DeviceError` when oneDNN cannot compile it.
  init(
    _ description: dnnl_primitive_desc_t, direction: Int32, layouts given: [Argument: OneDNNLayout],
    oneDNN: OneDNN
  ) throws {
    defer { dnnl_primitive_desc_destroy(description) }
    var layouts = given
    for argument in given.keys where argument != .bias {
      if let wanted = OneDNNLayout(topo_wanted_layout(description, direction, argument.rawValue)),
        wanted.bytes > 0
      {
        layouts[argument] = wanted
      }
    }
    var primitive: dnnl_primitive_t?
    guard dnnl_primitive_create(&primitive, description) == dnnl_success, let primitive else {
      throw DeviceError("oneDNN cannot compile a primitive")
    }
    var memories: [dnnl_memory_t?] = []
    let arguments = UnsafeMutablePointer<dnnl_exec_arg_t>.allocate(
      capacity: oneDNN.threads * Self.slots)
    let scratch = OneDNNLayout(topo_wanted_layout(description, direction, Int32(topo_scratchpad)))
    oneDNN.reserveScratch(scratch?.bytes ?? 0)
    let present = Argument.allCases.filter { layouts[$0] != nil }
    for thread in 0..<oneDNN.threads {
      var used = 0
      for slot in 0..<Self.slots {
        let argument = Argument(rawValue: Int32(slot))
        guard let layout = argument.map({ layouts[$0] }) ?? scratch else {
          memories.append(nil)
          continue
        }
        var memory: dnnl_memory_t?
        guard
          dnnl_memory_create(&memory, layout.handle, oneDNN.engine, nil) == dnnl_success
        else { throw DeviceError("oneDNN cannot describe memory") }
        memories.append(memory)
        arguments[thread * Self.slots + used] = dnnl_exec_arg_t(
          arg: topo_argument_name(direction, Int32(slot)), memory: memory)
        used += 1
      }
    }
    implementation = String(cString: topo_implementation(description))
    self.layouts = layouts
    self.oneDNN = oneDNN
    self.primitive = primitive
    self.memories = memories
    self.arguments = arguments
    argumentCount = present.count + (scratch == nil ? 0 : 1)
  }

  deinit {
    dnnl_primitive_destroy(primitive)
    for memory in memories { dnnl_memory_destroy(memory) }
    arguments.deallocate()
  }

  /// Runs on the calling thread.
  func execute(thread: Int, _ pointers: Pointers) {
    let base = thread * Self.slots
    set(base, pointers.source)
    set(base + 1, pointers.weights)
    set(base + 2, pointers.bias)
    set(base + 3, pointers.destination)
    set(base + 4, oneDNN.scratch[thread])
    let status = dnnl_primitive_execute(
      primitive, oneDNN.stream(thread), Int32(argumentCount), arguments + base)
    if status != dnnl_success { oneDNN.note(status) }
  }

  @inline(__always)
  private func set(_ index: Int, _ pointer: UnsafeMutableRawPointer?) {
    if let memory = memories[index] { dnnl_memory_set_data_handle(memory, pointer) }
  }
}

extension OneDNN {
  /// A copy between layouts; nil if they are the same.
  func reorder(_ source: OneDNNLayout, _ destination: OneDNNLayout) throws -> OneDNNPrimitive? {
    if source == destination { return nil }
    guard let description = topo_reorder(engine, source.handle, destination.handle) else {
      throw DeviceError("oneDNN cannot convert between two memory layouts")
    }
    return try OneDNNPrimitive(
      description, direction: Int32(topo_forward),
      layouts: [.source: source, .destination: destination], oneDNN: self)
  }
}
