/// This release.
public let radiomicsVersion = "0.1.0"
