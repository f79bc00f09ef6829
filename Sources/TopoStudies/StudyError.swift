import TopoFoundation

/// Why a study cannot be run.
public typealias StudyError = UserError
