import ArgumentParser
import Radiomics
import RadiomicsDICOM
import RadiomicsRuns

struct CohortCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cohort",
    abstract: "Cohort files: which image belongs to which mask.",
    subcommands: [Scan.self])

  struct Scan: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "scan",
      abstract: "Proposes a cohort file for the images and masks in a folder.",
      discussion: """
        Knows BIDS (sub-*/ses-*/…, masks *_mask, *_dseg and label-*, also under
        derivatives), nnU-Net and Decathlon (imagesTr, labelsTr), TotalSegmentator
        (ct.nii.gz beside segmentations/), pairs NAME_image and NAME_mask, a folder
        for each subject with image and mask (label, seg) in it, and a DICOM folder
        for each subject: each series with the structure sets and segmentations
        drawn on it. What it leaves out it says, with the reason. Look the proposal
        through before you use it.

          radiomics cohort scan study -o study/cohort.csv
        """)

    @Argument(help: "The folder.") var folder: String
    @Option(
      name: .shortAndLong,
      help: ArgumentHelp("Write the cohort here: .csv, .tsv or .xlsx; paths are relative to it.", valueName: "file"))
    var output: String?
    @OptionGroup var messages: MessageArguments

    func run() throws {
      if let output, CSV.ending(of: output) == nil {
        throw ValidationError("\(output): a cohort must end in .csv, .tsv or .xlsx.")
      }
      let proposal = try CohortProposal(
        folder: folder, for: output, sources: [DICOMSource(lanes: Lanes(jobs: JobCount.preset))])
      messages.report(proposal.findings)
      if proposal.table.rows.isEmpty {
        throw ValidationError(
          "\(folder): no image with a mask was found. 'radiomics cohort scan --help' has the layouts.")
      }
      if let output { try proposal.table.write(to: output) } else { try Terminal.show(proposal.table.text()) }
      if messages.saysNotes {
        Terminal.report(
          "\(output.map { "\($0): " } ?? "")\(proposal.table.rows.count) cases, \(proposal.findings.count) files left out"
        )
      }
    }
  }
}
