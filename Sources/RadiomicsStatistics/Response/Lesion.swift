/// One lesion of a subject, as it was seen at each visit. Lengths are whole hundredths of a millimetre, so that sums and shares of them
/// are compared exactly.
package struct Lesion: Sendable, Hashable {
  /// What it counts as.
  package enum Role: String, Sendable {
    /// Measured, chosen at the baseline.
    case target
    /// All other disease of the baseline, judged by eye.
    case nonTarget = "non-target"
    /// Seen first after the baseline.
    case new
  }

  /// What was seen of it at a visit.
  package enum State: Sendable, Hashable {
    /// Its size: the longest diameter, of a node the short axis; of one that has split, the sum and the largest of its parts.
    case measured(Int, largest: Int)
    /// Seen, too small to measure: 5 mm.
    case tooSmall
    /// Gone; of a node, of normal size.
    case absent
    /// Not seen well enough, or not at all.
    case notEvaluable
    /// Its size is part of that of another target lesion.
    case merged
    /// There, not measured.
    case present
    /// Unequivocal progression of a non-target lesion; `further` than at the visit before.
    case progression(further: Bool)
    /// Perhaps a new lesion.
    case equivocal
  }

  package let name: String, role: Role, isNode: Bool
  /// By visit, the baseline first; nil where nothing was written.
  package let states: [State?]
  /// Longest diameter times its perpendicular, in units of 10⁻⁴ mm², by visit; nil where one of them is not known.
  package let products: [Int?]
  /// Volume in mm³, by visit.
  package let volumes: [Double?]

  package init(
    _ name: String, _ role: Role, isNode: Bool, states: [State?], products: [Int?] = [], volumes: [Double?] = []
  ) {
    (self.name, self.role, self.isNode, self.states) = (name, role, isNode, states)
    self.products = products.isEmpty ? states.map { _ in nil } : products
    self.volumes = volumes.isEmpty ? states.map { _ in nil } : volumes
  }
}

extension Lesion {
  /// Lengths of the criteria, in hundredths of a millimetre.
  package enum Length {
    /// What a target lesion counts that is seen and too small to measure.
    package static let tooSmall = 500
    /// The least increase of a sum that is progression.
    package static let increase = 500
    /// Below it the short axis of a node is normal.
    package static let normalNode = 1000
    /// The least longest diameter of a target lesion on slices of at most 5 mm.
    package static let target = 1000
    /// The least short axis of a target node.
    package static let targetNode = 1500
    /// The thickest slice on which `target` holds; on thicker ones it is two slices.
    package static let slice = 500
  }

  /// Whether a size at the baseline can be followed.
  /// - `size`: Longest diameter, of a node the short axis, in hundredths of a millimetre.
  /// - `slice`: Thickness of the slices; nil if it is not known.
  package static func least(isNode: Bool, slice: Int?) -> Int {
    if isNode { return Length.targetNode }
    return slice.map { $0 > Length.slice ? 2 * $0 : Length.target } ?? Length.target
  }

  /// What it adds to the sum of target lesions at a visit; nil if that is not known.
  package func size(_ visit: Int) -> Int? {
    switch states[visit] {
    case .measured(let size, _): size
    case .tooSmall: Length.tooSmall
    case .absent, .merged: 0
    default: nil
    }
  }

  /// Whether nothing of it is left that is disease; false where that is not known.
  package func isGone(_ visit: Int) -> Bool {
    switch states[visit] {
    case .absent, .merged: true
    case .measured(_, let largest): isNode && largest < Length.normalNode
    case .tooSmall: isNode
    default: false
    }
  }
}
