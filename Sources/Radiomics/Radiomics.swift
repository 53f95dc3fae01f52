@_exported import RadiomicsCore
@_exported import RadiomicsFeatures
@_exported import RadiomicsFormats
@_exported import RadiomicsImaging
@_exported import RadiomicsStatistics
