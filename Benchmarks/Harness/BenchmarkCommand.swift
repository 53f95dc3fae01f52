import ArgumentParser

/// Measures this software from within, for `make bench`; no product that users install.
@main
struct BenchmarkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "radiomics-benchmark", abstract: "Measures the speed of Radiomics from within.",
    subcommands: [
      MakeCases.self, Measure.self, DumpLevels.self, ReadImage.self, ReadTable.self, Clinical.self, Harmonise.self,
      Nets.self, Cluster.self, GenomicsBenchmark.self,
    ])
}
