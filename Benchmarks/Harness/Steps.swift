import Radiomics
import Synchronization

/// A step of a measurement and its CPU seconds.
struct Step {
  let name: String
  let cpu: Double

  var json: JSON.Entry { .init(name, .number(cpu)) }
}

/// Measures the first region of a study piece by piece, in the order in which a recipe does it: `prepare`, `levels` for
/// all discretisations, then each family on levels made once.
func steps(of recipe: Recipe, on study: Study, _ resources: Resources) -> [Step] {
  var steps: [Step] = []
  func step<Result>(_ name: String, _ work: () -> Result) -> Result {
    let (result, cost) = Cost.of(work)
    steps.append(Step(name: name, cpu: cost.cpu))
    stepEnds()
    return result
  }
  var scope = PreparationScope()
  scope.margin = recipe.margin(on:)
  stepEnds()
  let prepared = step("prepare") {
    recipe.preparation.prepare(ImagedRegion(study.image, study.regions[0].voxels), scope, lanes: resources.lanes)
  }
  guard case .success(let region) = prepared.region else { return steps }
  let families = recipe.layers.flatMap(\.families)
  var made: [Discretisation: GreyLevels] = [:]
  step("levels") {
    for discretisation in families.compactMap({ type(of: $0).takesLevels ? $0.discretisation : nil })
    where made[discretisation] == nil {
      made[discretisation] = try? discretisation.levels(of: region.intensities, range: region.range, resources.lanes)
        .map { GreyLevels($0, of: region, resources.lanes) }.get()
    }
  }
  for family in families {
    let levels = type(of: family).takesLevels ? family.discretisation.flatMap { made[$0] } : nil
    _ = step(type(of: family).name) { family.cells(of: region, levels, resources) }
  }
  return steps
}

/// Marks the end of a step for tools that count instructions and stop at this symbol. It counts, as a function that does
/// nothing would be left out.
@c(radiomics_benchmark_step_ends)
@inline(never)
public func stepEnds() { endedSteps.add(1, ordering: .relaxed) }

private let endedSteps = Atomic(0)
