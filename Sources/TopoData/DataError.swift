import TopoFoundation

/// Something wrong with data or a request for it.
public typealias DataError = UserError
