@_exported import RadiomicsCore
@_exported import RadiomicsFeatures
@_exported import RadiomicsFormats
@_exported import RadiomicsImaging
@_exported import RadiomicsStatistics

/// A JSON-like value with ordered keys.
public typealias JSON = Setting.Value
