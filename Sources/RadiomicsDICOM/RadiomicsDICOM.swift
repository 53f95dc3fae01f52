@_exported import RadiomicsCore
@_exported import RadiomicsFormats
@_exported import RadiomicsImaging
