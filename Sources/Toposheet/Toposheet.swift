/// Everything a user of the library needs: `import Toposheet`.
@_exported import TopoAnalysis
@_exported import TopoBenchmark
@_exported import TopoCompute
@_exported import TopoData
@_exported import TopoEvaluation
@_exported import TopoFoundation
@_exported import TopoNetworks
@_exported import TopoPerturbations
@_exported import TopoReports
@_exported import TopoSheets
@_exported import TopoStatistics
@_exported import TopoStudies
@_exported import TopoTraining
@_exported import TopoVerification
