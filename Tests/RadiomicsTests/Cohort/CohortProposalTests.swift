import Foundation
import Radiomics
import RadiomicsRuns
import RadiomicsTestSupport
import Testing

@Suite struct CohortProposalTests {
  private func proposal(_ files: [String], for output: String? = nil) throws -> CohortProposal {
    let folder = try TemporaryFolder()
    for file in files {
      let url = folder.url.appendingPathComponent("d/" + file)
      try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data().write(to: url)
    }
    return try CohortProposal(folder: folder.path("d"), for: folder.path(output ?? "d/cohort.csv"))
  }

  @Test func bids() throws {
    let proposal = try proposal([
      "sub-01/ses-1/anat/sub-01_ses-1_T1w.nii.gz", "sub-01/ses-2/anat/sub-01_ses-2_T1w.nii.gz",
      "sub-02/anat/sub-02_T1w.nii.gz", "sub-02/anat/sub-02_T2w.nii.gz",
      "derivatives/seg/sub-01/ses-1/anat/sub-01_ses-1_space-T1w_label-lesion_mask.nii.gz",
      "derivatives/seg/sub-01/ses-2/anat/sub-01_ses-2_dseg.nii.gz",
      "derivatives/seg/sub-02/anat/sub-02_space-T2w_label-lesion_mask.nii.gz",
      "derivatives/seg/sub-02/anat/sub-02_dseg.nii.gz", "derivatives/seg/sub-03/anat/sub-03_dseg.nii.gz",
      "participants.tsv",
    ])
    #expect(proposal.table.header == ["subject", "session", "image", "mask", "modality"])
    #expect(
      proposal.table.rows == [
        [
          "sub-01", "ses-1", "sub-01/ses-1/anat/sub-01_ses-1_T1w.nii.gz",
          "derivatives/seg/sub-01/ses-1/anat/sub-01_ses-1_space-T1w_label-lesion_mask.nii.gz", "T1w",
        ],
        [
          "sub-01", "ses-2", "sub-01/ses-2/anat/sub-01_ses-2_T1w.nii.gz",
          "derivatives/seg/sub-01/ses-2/anat/sub-01_ses-2_dseg.nii.gz", "T1w",
        ],
        [
          "sub-02", "", "sub-02/anat/sub-02_T2w.nii.gz",
          "derivatives/seg/sub-02/anat/sub-02_space-T2w_label-lesion_mask.nii.gz", "T2w",
        ],
      ])
    #expect(
      proposal.findings.map { "\($0.place): \($0.message)" } == [
        "derivatives/seg/sub-02/anat/sub-02_dseg.nii.gz: a mask that fits 2 images: sub-02/anat/sub-02_T1w.nii.gz, "
          + "sub-02/anat/sub-02_T2w.nii.gz. Add the row by hand.",
        "derivatives/seg/sub-03/anat/sub-03_dseg.nii.gz: a mask without an image of its subject and session. Add the "
          + "row by hand.",
        "sub-02/anat/sub-02_T1w.nii.gz: an image without a mask.",
      ])
  }

  @Test func pairsByName() throws {
    let proposal = try proposal(
      [
        "A_image.nrrd", "A_mask.nrrd", "A_mask_2.nrrd", "B-image.nii.gz", "B-mask.nii.gz", "C_image.nrrd",
        "D_mask.nrrd",
      ],
      for: "cohort.csv")
    #expect(
      proposal.table.rows == [
        ["A", "d/A_image.nrrd", "d/A_mask.nrrd"], ["A", "d/A_image.nrrd", "d/A_mask_2.nrrd"],
        ["B", "d/B-image.nii.gz", "d/B-mask.nii.gz"],
      ])
    #expect(proposal.findings.map(\.place) == ["C_image.nrrd", "D_mask.nrrd"])
  }

  /// One name for images in different folders may be two people; a link to a folder above shows nothing twice.
  @Test func namesakesAndLinks() throws {
    let folder = try TemporaryFolder()
    for center in ["c1", "c2"] {
      try FileManager.default.createDirectory(
        at: folder.url.appendingPathComponent("d/\(center)"), withIntermediateDirectories: true)
      for name in ["001_image.nrrd", "001_mask.nrrd"] { try folder.write("", to: "d/\(center)/\(name)") }
    }
    for link in ["d/up", "d/c1/up"] {
      try FileManager.default.createSymbolicLink(atPath: folder.path(link), withDestinationPath: folder.path("d"))
    }
    let proposal = try CohortProposal(folder: folder.path("d"), for: folder.path("cohort.csv"))
    #expect(proposal.table.rows.map { $0[0] } == ["001", "001"])
    #expect(proposal.findings.count == 1 && proposal.findings[0].message.contains("'001' is the subject of 2 images"))
  }

  @Test func foldersOfSubjects() throws {
    let proposal = try proposal(
      [
        "P1/image.hdr", "P1/image.img", "P1/mask.nii", "P2/ct.mha", "P2/label-gtv.mha", "P2/label-node.mha",
        "P3/ct.nrrd", "P3/pet.nrrd", "P3/mask.nrrd", "P4/ct.nrrd", "P5/scan1.dcm", "P5/scan2.dcm",
      ], for: "d/lists/cohort.csv")
    #expect(
      proposal.table.rows == [
        ["P1", "../P1/image.hdr", "../P1/mask.nii"], ["P2", "../P2/ct.mha", "../P2/label-gtv.mha"],
        ["P2", "../P2/ct.mha", "../P2/label-node.mha"],
      ])
    #expect(
      proposal.findings.map(\.place) == ["P3/ct.nrrd", "P3/mask.nrrd", "P3/pet.nrrd", "P4/ct.nrrd", "P5"])
    #expect(proposal.findings.last?.message.contains("2 DICOM files") ?? false)
  }

  /// nnU-Net's channels are rows of their own; Decathlon's images are called as their labels.
  @Test func trainingFolders() throws {
    let proposal = try proposal([
      "imagesTr/a_0000.nii.gz", "imagesTr/a_0001.nii.gz", "imagesTr/b.nii.gz", "imagesTr/._b.nii.gz",
      "imagesTr/c_0000.nii.gz", "labelsTr/a.nii.gz", "labelsTr/b.nii.gz", "labelsTr/d.nii.gz", "dataset.json",
      "imagesTs/e_0000.nii.gz",
    ])
    #expect(proposal.table.header == ["subject", "image", "mask", "modality"])
    #expect(
      proposal.table.rows == [
        ["a", "imagesTr/a_0000.nii.gz", "labelsTr/a.nii.gz", "0000"],
        ["a", "imagesTr/a_0001.nii.gz", "labelsTr/a.nii.gz", "0001"],
        ["b", "imagesTr/b.nii.gz", "labelsTr/b.nii.gz", ""],
      ])
    #expect(
      proposal.findings.map { "\($0.place): \($0.message)" } == [
        "imagesTr/c_0000.nii.gz: an image without a mask.", "imagesTs/e_0000.nii.gz: an image without a mask.",
        "labelsTr/d.nii.gz: a mask without an image.",
      ])
  }

  @Test func segmentationFolders() throws {
    let proposal = try proposal([
      "s1/ct.nii.gz", "s1/segmentations/liver.nii.gz", "s1/segmentations/spleen.nii.gz", "s2/ct.nii.gz",
      "s2/segmentations/liver.nii.gz", "s3/ct.nii.gz", "s3/mr.nii.gz", "s3/segmentations/liver.nii.gz",
    ])
    #expect(proposal.table.header == ["subject", "image", "mask", "structure"])
    #expect(
      proposal.table.rows == [
        ["s1", "s1/ct.nii.gz", "s1/segmentations/liver.nii.gz", "liver"],
        ["s1", "s1/ct.nii.gz", "s1/segmentations/spleen.nii.gz", "spleen"],
        ["s2", "s2/ct.nii.gz", "s2/segmentations/liver.nii.gz", "liver"],
      ])
    #expect(proposal.findings.count == 3)
  }
}
