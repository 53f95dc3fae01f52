import ArgumentParser
import RadiomicsCore
import RadiomicsFormats

extension Advice {
  /// The advice as what to type.
  var typed: String {
    switch self {
    case .correctOptimism: "Correct it by --bootstrap 200, or name other rows by --validate."
    case .leaveColumnsOut: "Leave columns out, or correct the optimism by --bootstrap 200."
    case .chooseCut: "Name one chosen before by --cut NUMBER."
    case .chooseCutOf(let marker): "Name a cut on its own scale by --cut '\(marker)=NUMBER'."
    case .chooseGroups: "Name a cut chosen before by --cut NUMBER."
    case .sayRandomised: "Say --randomised if it was."
    case .weighCensored: "--censoring weight makes up for them."
    case .nameSheet: "Name the sheet that is meant by --sheet NAME."
    case .nameSubjects: "Name the patients' column by --subject if some have several rows."
    case .takeSubjects(let column, let notClusters):
      "Name the column by --subject \(column)\(notClusters ? " in place of cluster()" : "")."
    case .takeAsSubjects(let columns):
      "Take them as subjects of their own by --subject \(columns.joined(separator: ",")), or extract one."
    case .treatNewBatch:
      "Say what is done with it by --new-batch (estimate, nearest or none) of 'radiomics harmonise apply', or leave its rows out."
    case .penalise: "Use Firth's penalty (diagnostic --firth), or leave columns out."
    case .judgeAsMarker: "A marker that is no probability needs --marker."
    case .nameTimeFunction: "Name it, such as --tt 'x * log(t + 20)'."
    case .cutAsMarker: "A number can be cut: --marker."
    case .nameCause(let kind, let calculation): "Say which one is asked about (--cause \(kind), or \(calculation))."
    case .nameEvent(let word, let calculation):
      "Name it (--positive '\(word)'), or write a calculation such as \"\(calculation)\"."
    case .nameImage: "Name the image it was drawn on: --image IMAGE."
    case .chooseVolume(let last):
      "Choose one by its number: --volume N\(last.map { ", N from 0 to \($0)" } ?? "")."
    case .chooseSeries(let answers, let more, let ofMasks):
      Self.choice(answers, more) { "\(ofMasks ? "--mask-series" : "--series") \($0)" }
        + (more > 0 ? " 'radiomics dicom ls' lists all." : "")
    case .readOthers: "--allow-gaps reads the others."
    case .fillGaps: "--allow-gaps interpolates."
    case .resampleTilt: "--resample-tilt puts them there by linear interpolation."
    case .measureStored: "--pet stored measures what the file holds as it is."
    case .measureByWeight: "--pet suvbw does not depend on it."
    case .giveUptakeTime:
      "--uptake MINUTES gives the time from injection to scan; --pet stored measures the file's own units."

    case .nameThreshold(let example): "A soft mask needs --mask-threshold\(example.map { " \(shortText($0))" } ?? "")."
    case .readByForm(let form): "--nifti-form \(form) reads it so."
    case .convertByForm(let form): "'radiomics convert IMAGE OTHER.nii.gz --nifti-form \(form)' makes an image of it."
    case .chooseRegion: "Choose one by --region NAME."
    case .chooseRegionOrUnion: "Choose one by --region NAME, or all as --region union."
    case .nameReference: "Give a mask of the tissue by --reference MASK, or name one of these in the recipe."
    case .resampleMask: "If both show the same patient space, --resample-mask puts the mask on the image's grid."
    case .allow(let code): "--allow \(code) measures it nevertheless."
    case .forceLeak: "--force-leak learns from it nevertheless, and every page says so."
    case .takeNevertheless(let code): "--allow \(code) takes it nevertheless."
    case .chooseRecipe(let code):
      "Choose a recipe for such images ('radiomics recipe list'), or write intensity_unit: 1. --allow \(code) measures it nevertheless."
    case .convertVoxels: "'radiomics convert' writes the voxels alone."
    case .includeEdge: "--contour-edge inside takes all of it."
    case .tellFact(let name): "--fact \(name)=… or a column of the cohort tells it."
    case .importParameters: "Give it as --params, or make a recipe of it: radiomics recipe import."
    case .passOver: "Correct it, or pass unknown ones over by --lenient."
    case .resume: "Resume the run: 'radiomics extract … --resume'."
    case .resumeOrRestart:
      "Add --resume to use them, also for a table of another format, or --overwrite to begin anew."
    case .takeUpOrRestart: "Add --resume to use what is there, or --overwrite to begin anew."
    case .restart: "Or begin anew with --overwrite."
    }
  }
}

/// The words in which a verb says what to do.
enum Words: String, ExpressibleByArgument {
  case extract, pyradiomics

  /// The advice as what to type.
  @Sendable func of(_ advice: Advice) -> String {
    switch self {
    case .extract: advice.typed
    case .pyradiomics where advice == .resampleMask:
      "If both show the same patient space, --setting correctMask:true puts the mask on the image's grid."
    case .pyradiomics:
      // What this verb has no option for is to be had in another.
      advice.typed.replacing(/--(?!setting|lenient)[a-z-]+\b/) { "'radiomics extract --params FILE \($0.output)'" }
    }
  }

  /// The sentence of an error as files may keep it.
  func plain(_ error: any Error) -> String {
    (error as? FormatError)?.plain(of) ?? (error as? any AdvisedError)?.sentence(of) ?? "\(error)"
  }
}

extension [Finding] {
  /// The findings with advice that can be typed.
  var typed: [Finding] { map { $0.worded(\.typed) } }
}
