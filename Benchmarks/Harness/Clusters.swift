import ArgumentParser
import Foundation
import Radiomics
import RadiomicsNumerics
import RadiomicsStatistics

/// Reads points once; then each line of standard input is answered by a clustering and one line of JSON.
struct Cluster: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Reads points and centres, then clusters once for each line of input.",
    discussion: """
      The file holds doubles: coordinate after coordinate of all points, then centre after
      centre. A line names what is done, rounds and how many points take part: 'kmeans 20
      5000000', 'mixture 10 1000000'. Answers are lines of JSON, times in CPU seconds.
      """)

  @Argument(help: "The file.") var points: String
  @Option(help: "Coordinates of a point.") var dimensions = 4
  @Option(help: "Centres.") var centres = 6
  @Option(help: "Threads.") var jobs = 2

  func run() throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: points))
    let numbers = data.withUnsafeBytes { Array($0.bindMemory(to: Double.self)) }
    let rows = numbers.count / dimensions - centres,
      start = (0..<centres).map { centre in
        (0..<dimensions).map { numbers[rows * dimensions + centre * dimensions + $0] }
      }
    report(.map([.init("rows", .integer(rows))]))
    while let line = readLine() {
      let words = line.split(separator: " ").map(String.init)
      guard words.count == 3, let rounds = Int(words[1]), let used = Int(words[2]), used <= rows else {
        throw ValidationError("'\(line)' must be what is done, rounds and points.")
      }
      let some = ClusterPoints(
        (0..<dimensions).map { Array(numbers[$0 * rows..<$0 * rows + used]) })
      let lanes = Lanes(jobs: jobs)
      let (value, cost) = try Cost.of { () throws -> Double in
        guard words[0] == "mixture" else { return KMeans(some, from: start, most: rounds, lanes).inertia }
        let variances = some.variances, places = variances.indices
        let mixture = GaussianMixture(
          weights: start.map { _ in 1 / Double(centres) }, means: start,
          covariances: start.map { _ in places.map { i in places.map { i == $0 ? variances[i] : 0 } } }, shape: .full)
        let fit = try mixture.fitted(
          some, iterations: rounds, tolerance: 0, floor: variances.map { _ in 1e-6 }, lanes)
        return fit.logLikelihoods[fit.logLikelihoods.count - 1]
      }
      report(
        .map([.init("value", .number(value)), .init("cpu", .number(cost.cpu)), .init("wall", .number(cost.wall))]))
    }
  }
}
