// swift-tools-version: 6.3
import PackageDescription

// Built by Scripts/fuzz-dicom, which sets the sanitizers; a package of its own, as it has no main function.
let package = Package(
  name: "fuzz",
  dependencies: [.package(name: "swift-radiomics", path: "..")],
  targets: [
    .executableTarget(
      name: "dicom-fuzz",
      dependencies: [
        .product(name: "RadiomicsDICOM", package: "swift-radiomics"),
        .product(name: "radiomics-dicom", package: "swift-radiomics"),
      ])
  ],
  cxxLanguageStandard: .cxx17
)
