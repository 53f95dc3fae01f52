/// What to do about a finding or an error, for whoever says it in words of their own: the command line names options, a program
/// its arguments. It stands after the sentence that says what is.
public enum Advice: Sendable, Hashable {
  /// Correct a model's optimism by samples with replacement, or judge it on other rows.
  case correctOptimism
  /// Leave columns out of a model that fits chance, or correct its optimism.
  case leaveColumnsOut
  /// Name a cut that was chosen before, or on the scale of a marker whose cut divides nobody.
  case chooseCut
  case chooseCutOf(String)
  /// Name the cut of a marker's groups that was chosen before.
  case chooseGroups
  /// Say that a treatment was randomised, if it was.
  case sayRandomised
  /// Weigh patients by the censoring.
  case weighCensored
  /// Name the column of the patients, some of whom may have several rows.
  case nameSubjects
  /// Name the sheet of a workbook that is meant.
  case nameSheet
  /// Name this column as that of the patients; in place of the clusters of a model.
  case takeSubjects(String, notClusters: Bool)
  /// Take these columns together as the subject.
  case takeAsSubjects([String])
  /// Say what is done with rows of a batch that was not learnt.
  case treatNewBatch
  /// Use Firth's penalty.
  case penalise
  /// Judge a number that is no probability as a marker.
  case judgeAsMarker
  /// Name the function of time that tt() stands for.
  case nameTimeFunction
  /// Cut a column of numbers as a marker.
  case cutAsMarker
  /// Say which kind of event is asked about; it can be told from others by a calculation too.
  case nameCause(String, calculation: String)
  /// Say which word is the event; it can be told from others by a calculation too.
  case nameEvent(String, calculation: String)

  /// Name the image that a mask was drawn on.
  case nameImage
  /// Choose a volume by its number, up to `last` if that is known.
  case chooseVolume(last: Int?)
  /// Choose one of several series, of images or of masks.
  case chooseSeries([SeriesAnswer], more: Int, ofMasks: Bool)
  /// Pass gaps over, so that the other slices are read.
  case readOthers
  /// Interpolate slices onto an even grid.
  case fillGaps
  /// Interpolate slices that are shifted along their plane.
  case resampleTilt
  /// Measure what an image of uptake has stored.
  case measureStored
  /// Measure uptake by body weight.
  case measureByWeight
  /// Say the time from injection to scan, or measure what is stored.
  case giveUptakeTime

  /// Say from which part on a voxel belongs to a soft mask.
  case nameThreshold(Double?)
  /// Read both files by one of NIfTI's forms.
  case readByForm(String)
  /// Make an image of one of NIfTI's forms.
  case convertByForm(String)
  /// Choose one region; or all as one.
  case chooseRegion
  case chooseRegionOrUnion
  /// Give a mask of the reference tissue.
  case nameReference
  /// Put the mask on the image's grid.
  case resampleMask
  /// Override a refusal, by its code.
  case allow(String)
  /// Learn from what knows the answer, which every page then says.
  case forceLeak
  /// Override the refusal of a table, by its code.
  case takeNevertheless(String)
  /// Choose a recipe for such images, or override the refusal by its code.
  case chooseRecipe(orAllow: String)
  /// Convert the voxels alone.
  case convertVoxels
  /// Take all voxels on the edge of contours.
  case includeEdge
  /// Tell a fact of an acquisition.
  case tellFact(String)
  /// Import PyRadiomics' parameters.
  case importParameters
  /// Pass unknown settings over.
  case passOver

  /// Resume a run.
  case resume
  /// Resume a run, or begin it anew; where its table is there, or where its mark is missing.
  case resumeOrRestart
  case takeUpOrRestart
  /// Begin a run anew.
  case restart

  /// One of several series, and what it answers to.
  public struct SeriesAnswer: Sendable, Hashable {
    /// What it is, for people.
    public let title: String
    /// The name, number or identifier that is its alone; nil if there is none.
    public let name: String?
    /// A file of it.
    public let file: String

    package init(title: String, name: String?, file: String) {
      (self.title, self.name, self.file) = (title, name, file)
    }
  }
}

extension Advice {
  /// Its name in files: `correct-optimism`.
  package var code: String {
    switch self {
    case .correctOptimism: "correct-optimism"
    case .leaveColumnsOut: "leave-columns-out"
    case .chooseCut, .chooseCutOf: "choose-cut"
    case .chooseGroups: "choose-groups"
    case .sayRandomised: "say-randomised"
    case .weighCensored: "weigh-censored"
    case .nameSubjects, .takeSubjects: "name-subjects"
    case .nameSheet: "name-sheet"
    case .takeAsSubjects: "take-as-subjects"
    case .treatNewBatch: "treat-new-batch"
    case .penalise: "penalise"
    case .judgeAsMarker: "judge-as-marker"
    case .nameTimeFunction: "name-time-function"
    case .cutAsMarker: "cut-as-marker"
    case .nameCause: "name-cause"
    case .nameEvent: "name-event"
    case .nameImage: "name-image"
    case .chooseVolume: "choose-volume"
    case .chooseSeries: "choose-series"
    case .readOthers: "read-others"
    case .fillGaps: "fill-gaps"
    case .resampleTilt: "resample-tilt"
    case .measureStored: "measure-stored"
    case .measureByWeight: "measure-by-weight"
    case .giveUptakeTime: "give-uptake-time"

    case .nameThreshold: "name-threshold"
    case .readByForm: "read-by-form"
    case .convertByForm: "convert-by-form"
    case .chooseRegion, .chooseRegionOrUnion: "choose-region"
    case .nameReference: "name-reference"
    case .resampleMask: "resample-mask"
    case .forceLeak: "force-leak"
    case .allow, .takeNevertheless: "allow"
    case .chooseRecipe: "choose-recipe"
    case .convertVoxels: "convert-voxels"
    case .includeEdge: "include-edge"
    case .tellFact: "tell-fact"
    case .importParameters: "import-parameters"
    case .passOver: "pass-over"
    case .resume: "resume"
    case .resumeOrRestart, .takeUpOrRestart: "resume-or-restart"
    case .restart: "restart"
    }
  }

  /// The advice where nobody says it otherwise.
  package var text: String {
    switch self {
    case .correctOptimism: "Correct it by samples with replacement, or judge it on other rows."
    case .leaveColumnsOut: "Leave columns out, or correct the optimism by samples with replacement."
    case .chooseCut: "Name one chosen before."
    case .chooseCutOf: "Name a cut on its own scale."
    case .chooseGroups: "Name a cut chosen before."
    case .sayRandomised: "Say so if it was."
    case .weighCensored: "Weights by the censoring make up for them."
    case .nameSubjects: "Name the patients' column if some have several rows."
    case .nameSheet: "Name the sheet that is meant."
    case .takeSubjects(let column, let notClusters):
      "Name '\(column)' as the patients' column\(notClusters ? " in place of cluster()" : "")."
    case .takeAsSubjects(let columns): "Take \(columns.joined(separator: " and ")) as the subject, or extract one."
    case .treatNewBatch: "Say what is done with a new batch, or leave its rows out."
    case .penalise: "Use Firth's penalty, or leave columns out."
    case .judgeAsMarker: "What is no probability is judged as a marker."
    case .nameTimeFunction: "Name it, such as 'x * log(t + 20)'."
    case .cutAsMarker: "A number can be cut, as a marker."
    case .nameCause(let kind, let calculation): "Say which one is asked about: \(kind), or \(calculation)."
    case .nameEvent(let word, let calculation):
      "Name it ('\(word)'), or write a calculation such as \"\(calculation)\"."
    case .nameImage: "Name the image it was drawn on."
    case .chooseVolume(let last): "Choose one by its number\(last.map { ", from 0 to \($0)" } ?? "")."
    case .chooseSeries(let answers, let more, _): Self.choice(answers, more) { "series \($0)" }
    case .readOthers: "The others can be read, with gaps."
    case .fillGaps: "Gaps can be interpolated."
    case .resampleTilt: "Linear interpolation puts them there."
    case .measureStored: "What the file holds can be measured as it is."
    case .measureByWeight: "Uptake by body weight does not depend on it."
    case .giveUptakeTime: "Give the time from injection to scan, or measure what the file holds as it is."

    case .nameThreshold(let example): "A soft mask needs a threshold\(example.map { ", e.g. \(shortText($0))" } ?? "")."
    case .readByForm(let form): "Read it by the \(form)."
    case .convertByForm(let form): "Make an image of its \(form)."
    case .chooseRegion: "Choose one region."
    case .chooseRegionOrUnion: "Choose one region, or their union."
    case .nameReference: "Give a mask of the tissue, or name one of these in the recipe."
    case .resampleMask: "If both show the same patient space, resample the mask onto the image's grid."
    case .allow(let code): "Allow '\(code)' to measure it nevertheless."
    case .forceLeak: "Forced, it is learnt from nevertheless, and every page says so."
    case .takeNevertheless(let code): "Allow '\(code)' to take it nevertheless."
    case .chooseRecipe(let code):
      "Choose a recipe for such images, or write intensity_unit: 1. Allow '\(code)' to measure it nevertheless."
    case .convertVoxels: "Its voxels alone can be converted."
    case .includeEdge: "The edge can be taken inside."
    case .tellFact(let name): "Tell '\(name)', for all or in a column of the cohort."
    case .importParameters: "Read it as such, or make a recipe of it."
    case .passOver: "Correct it, or pass unknown ones over."
    case .resume: "Resume the run."
    case .resumeOrRestart: "Resume the run to use them, also for a table of another format, or begin anew."
    case .takeUpOrRestart: "Resume the run to use what is there, or begin anew."
    case .restart: "Or begin anew."
    }
  }

  /// The advice without what may identify a person or a scan.
  package var plain: Advice {
    if case .chooseSeries(_, _, let ofMasks) = self { .chooseSeries([], more: 0, ofMasks: ofMasks) } else { self }
  }

  /// Series, each with what chooses it.
  package static func choice(_ answers: [SeriesAnswer], _ more: Int, _ words: (String) -> String) -> String {
    let choices = answers.map { answer in
      guard let name = answer.name else { return "\(answer.title): name \(answer.file)" }
      let isPlain = name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "." }
      return "\(answer.title): \(words(isPlain ? name : "'\(name)'"))"
    }
    if answers.isEmpty { return "Choose one, as \(words("NAME"))." }
    return "Choose one. \(choices.joined(separator: "; "))\(more > 0 ? "; and \(more) more" : "")."
  }
}

/// An error that leaves it to whoever shows it in which words it says what to do.
public protocol AdvisedError: Error, CustomStringConvertible {
  /// *place: what is, what must be*; and what to do, where that is the same whoever says it.
  var fact: String { get }
  /// What to do, for whoever says it in words of their own.
  var advice: Advice? { get }
}

extension AdvisedError {
  /// *place: what is, what must be. What to do.*
  public var description: String { sentence(\.text) }

  /// The sentence with its advice in other words.
  public func sentence(_ words: (Advice) -> String) -> String { advice.map { "\(fact) \(words($0))" } ?? fact }
}
