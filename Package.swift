// swift-tools-version: 6.3
import PackageDescription

let package = Package(
  name: "swift-radiomics",
  products: [
    .library(name: "Radiomics", targets: ["Radiomics"]),
    .library(name: "RadiomicsDICOM", targets: ["RadiomicsDICOM"]),
    // Loaded when the first DICOM file is met, as DCMTK costs more to link than all else.
    .library(name: "radiomics-dicom", type: .dynamic, targets: ["DICOMShim"]),
    .executable(name: "radiomics", targets: ["RadiomicsCLI"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
  ],
  targets: [
    .systemLibrary(
      name: "CDeflate", pkgConfig: "libdeflate", providers: [.apt(["libdeflate-dev"]), .brew(["libdeflate"])]),
    .systemLibrary(
      name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"]), .brew(["sqlite"])]),
    .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"]), .brew(["libyaml"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .systemLibrary(
      name: "COpenJPEG", pkgConfig: "libopenjp2", providers: [.apt(["libopenjp2-7-dev"]), .brew(["openjpeg"])]),
    .systemLibrary(
      name: "CCharLS", pkgConfig: "charls", providers: [.apt(["libcharls-dev"]), .brew(["charls"])]),
    .systemLibrary(name: "CDICOM"),
    .systemLibrary(
      name: "CLAPACK", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"]), .brew(["openblas"])]),
    .target(
      name: "DICOMShim", dependencies: ["CCharLS", "COpenJPEG"],
      linkerSettings: ["dcmjpeg", "dcmdata", "oflog", "ofstd"].map { .linkedLibrary($0) }),
    .target(name: "CBoostMath"),
    .target(name: "CKissFFT"),
    .target(name: "CNumbers"),
    .target(name: "RadiomicsCore", dependencies: ["CYAML", .product(name: "Crypto", package: "swift-crypto")]),
    .target(name: "RadiomicsNumerics", dependencies: ["RadiomicsCore", "CBoostMath", "CKissFFT", "CLAPACK"]),
    .target(name: "RadiomicsImaging", dependencies: ["RadiomicsCore", "RadiomicsNumerics"]),
    .target(
      name: "RadiomicsFormats", dependencies: ["RadiomicsCore", "RadiomicsImaging", "CDeflate", "CNumbers", "CZlib"]),
    .target(
      name: "RadiomicsDICOM",
      dependencies: [
        "CDICOM", "RadiomicsCore", "RadiomicsFormats", "RadiomicsImaging",
        .product(name: "Crypto", package: "swift-crypto"),
      ]),
    .target(
      name: "RadiomicsFeatures",
      dependencies: ["RadiomicsCore", "RadiomicsImaging", "RadiomicsNumerics"]),
    .target(name: "RadiomicsStatistics", dependencies: ["RadiomicsCore", "RadiomicsNumerics"]),
    .target(name: "RadiomicsLearning", dependencies: ["RadiomicsCore", "RadiomicsNumerics", "RadiomicsStatistics"]),
    .target(
      name: "RadiomicsReport",
      dependencies: [
        "RadiomicsCore", "RadiomicsFormats", "RadiomicsImaging", "RadiomicsLearning", "RadiomicsNumerics",
        "RadiomicsStatistics",
      ]),
    .target(
      name: "Radiomics",
      dependencies: [
        "RadiomicsCore", "RadiomicsFeatures", "RadiomicsFormats", "RadiomicsImaging", "RadiomicsLearning",
        "RadiomicsNumerics", "RadiomicsReport", "RadiomicsStatistics",
      ]),
    .target(name: "RadiomicsRuns", dependencies: ["Radiomics"]),
    .target(name: "RadiomicsPyRadiomics", dependencies: ["Radiomics", "RadiomicsRuns"]),
    .target(name: "RadiomicsCompliance", dependencies: ["Radiomics", "RadiomicsPyRadiomics"]),
    .target(name: "RadiomicsStore", dependencies: ["CSQLite", "RadiomicsCore", "RadiomicsFormats"]),
    .executableTarget(
      name: "RadiomicsCLI",
      dependencies: [
        "Radiomics", "RadiomicsCompliance", "RadiomicsDICOM", "RadiomicsLearning", "RadiomicsPyRadiomics",
        "RadiomicsReport", "RadiomicsRuns", "RadiomicsStore",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .executableTarget(
      name: "radiomics-benchmark",
      dependencies: [
        "Radiomics", "RadiomicsDICOM", "RadiomicsLearning", "RadiomicsNumerics", "RadiomicsReport",
        "RadiomicsStatistics",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Benchmarks/Harness"),
    .target(
      name: "RadiomicsTestSupport", dependencies: ["RadiomicsCore", "RadiomicsImaging"],
      path: "Tests/RadiomicsTestSupport"),
    .testTarget(name: "RadiomicsCoreTests", dependencies: ["RadiomicsCore", "RadiomicsTestSupport"]),
    .testTarget(
      name: "RadiomicsNumericsTests", dependencies: ["RadiomicsCore", "RadiomicsNumerics", "RadiomicsTestSupport"]),
    .testTarget(
      name: "RadiomicsStatisticsTests",
      dependencies: [
        "RadiomicsCore", "RadiomicsLearning", "RadiomicsNumerics", "RadiomicsStatistics", "RadiomicsTestSupport",
      ]),
    .testTarget(name: "RadiomicsImagingTests", dependencies: ["RadiomicsImaging", "RadiomicsTestSupport"]),
    .testTarget(
      name: "RadiomicsFormatsTests", dependencies: ["RadiomicsFormats", "RadiomicsNumerics", "RadiomicsTestSupport"]),
    .testTarget(
      name: "RadiomicsDICOMTests",
      dependencies: ["Radiomics", "RadiomicsDICOM", "RadiomicsNumerics", "RadiomicsRuns", "RadiomicsTestSupport"]),
    .testTarget(name: "RadiomicsFeaturesTests", dependencies: ["RadiomicsFeatures", "RadiomicsTestSupport"]),
    .testTarget(
      name: "RadiomicsTests",
      dependencies: [
        "Radiomics", "RadiomicsCompliance", "RadiomicsPyRadiomics", "RadiomicsReport", "RadiomicsRuns",
        "RadiomicsTestSupport",
      ]),
    .testTarget(name: "RadiomicsStoreTests", dependencies: ["CSQLite", "RadiomicsStore", "RadiomicsTestSupport"]),
    .testTarget(
      name: "ContractTests",
      dependencies: [
        "Radiomics", "RadiomicsLearning", "RadiomicsNumerics", "RadiomicsReport", "RadiomicsRuns",
        "RadiomicsStatistics", "RadiomicsTestSupport",
      ]),
    .testTarget(
      name: "ReferenceTests",
      dependencies: [
        "Radiomics", "RadiomicsCompliance", "RadiomicsDICOM", "RadiomicsPyRadiomics", "RadiomicsRuns",
        "RadiomicsTestSupport",
      ]),
    .testTarget(
      name: "CLITests",
      dependencies: [
        "Radiomics", "RadiomicsCLI", "RadiomicsDICOM", "RadiomicsNumerics", "RadiomicsRuns", "RadiomicsStore",
        "RadiomicsTestSupport", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
  ],
  cxxLanguageStandard: .cxx17
)
