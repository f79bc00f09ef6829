import TopoFoundation
import TopoNetworks

extension StateDictionary {
  /// CRC-32 of all parameters and running statistics. It distinguishes networks of one name.
  var checksum: UInt32 {
    var checksum = Checksum()
    var name = architecture.name
    name.withUTF8 { checksum.add(UnsafeRawBufferPointer($0)) }
    for tensor in tensors { tensor.withUnsafeBytes { checksum.add($0) } }
    return checksum.value
  }
}
