import ArgumentParser
import Radiomics
import RadiomicsNumerics
import RadiomicsStatistics

/// Makes features and genes of normal numbers; then each line of standard input is answered by a scan of all pairs and one line of JSON.
struct GenomicsBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "genomics",
    abstract: "Simulates features and genes, then tests every pair for each line of input.",
    discussion: """
      A line names the test ('t', 'moderated'), 'gemm' for one bare product of matrices in
      double precision, or 'maxima N' for N permutations. Answers are lines of JSON, times
      in CPU seconds.
      """)

  @Option(name: .long, help: "Subjects.") var rows = 300
  @Option(name: .long, help: "Features.") var features = 1500
  @Option(name: .long, help: "Genes.") var genes = 20000

  func run() throws {
    var random = SeededGenerator(seed: 22)
    func side(_ count: Int) -> MassUnivariate.Side {
      .init(rows: rows, count: count, elements: (0..<rows * count).map { _ in random.normal() })
    }
    let x = side(features), y = side(genes)
    let confounders = Matrix(columns: (0..<6).map { _ in (0..<rows).map { _ in random.normal() } }, rows: rows)
    report(.map([.init("rows", .integer(rows))]))
    while let line = readLine() {
      let words = line.split(separator: " ").map(String.init)
      let (value, cost) = Cost.of { work(words, x, y, confounders) }
      report(
        .map([.init("value", .number(value)), .init("cpu", .number(cost.cpu)), .init("wall", .number(cost.wall))]))
    }
  }

  private func work(
    _ words: [String], _ x: MassUnivariate.Side, _ y: MassUnivariate.Side, _ confounders: Matrix
  ) -> Double {
    if words[0] == "gemm" {
      var result = [Double](repeating: 0, count: features * genes)
      result.withUnsafeMutableBufferPointer { result in
        x.elements.withUnsafeBufferPointer { x in
          y.elements.withUnsafeBufferPointer { y in
            DenseKernels.addProduct(
              x.baseAddress!, columns: features, y.baseAddress!, columns: genes, rows: rows, alpha: 1, beta: 0,
              to: result.baseAddress!, stride: features)
          }
        }
      }
      return result[0]
    }
    if words[0] == "maxima" {
      var maxima = PermutedMaxima()
      (maxima.draws, maxima.reaches) = (Int(words.last!) ?? 10, 1 << 30)
      return maxima.run(features: x, genes: y, confounders: confounders, sites: nil, largest: 0).maxima.max() ?? 0
    }
    var settings = MassUnivariate()
    settings.test = MassUnivariate.Test(rawValue: words[0]) ?? .plain
    let scan = settings.scan(features: x, genes: y, confounders: confounders)
    return scan.candidates.first?.p ?? 1
  }
}
