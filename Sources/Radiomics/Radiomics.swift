@_exported import RadiomicsCore
@_exported import RadiomicsFeatures
@_exported import RadiomicsFormats
@_exported import RadiomicsImaging

/// A JSON-like value with ordered keys.
public typealias JSON = Setting.Value
