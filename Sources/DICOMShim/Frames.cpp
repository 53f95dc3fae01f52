// Pixels of one frame.
#include "File.h"

#include <climits>

#include <dcmtk/dcmdata/dccodec.h>
#include <dcmtk/dcmdata/dcpixel.h>
#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>

namespace {

bool isJPEG2000(E_TransferSyntax syntax) {
  return syntax == EXS_JPEG2000LosslessOnly || syntax == EXS_JPEG2000
         || syntax == EXS_JPEG2000MulticomponentLosslessOnly || syntax == EXS_JPEG2000Multicomponent;
}

bool isJPEGLS(E_TransferSyntax syntax) { return syntax == EXS_JPEGLSLossless || syntax == EXS_JPEGLSLossy; }

// Whether a decoded frame is what the data set describes: its rows and columns, and no sign that has to be guessed.
bool isDescribed(DcmDataset &data, const uint8_t *samples, size_t count, const CDICOMFrameFacts &facts,
                 CDICOMError *error) {
  Uint16 rows = 0, columns = 0, allocated = 0, stored = 0, isSigned = 0;
  data.findAndGetUint16(DCM_Rows, rows);
  data.findAndGetUint16(DCM_Columns, columns);
  data.findAndGetUint16(DCM_BitsAllocated, allocated);
  data.findAndGetUint16(DCM_BitsStored, stored);
  data.findAndGetUint16(DCM_PixelRepresentation, isSigned);
  if (facts.rows != rows || facts.columns != columns) {
    say(error, "the code of a frame has other rows and columns than the data set");
    return false;
  }
  if (isSigned == 0 || facts.isSigned == 1 || facts.bitsPerSample >= stored || facts.bitsPerSample == 0) return true;
  // Bits that the code does not have: is its uppermost one a sign?
  const size_t bytes = allocated > 8 ? 2 : 1, top = facts.bitsPerSample - 1;
  for (size_t index = top / 8; index < count; index += bytes)
    if ((samples[index] >> top % 8 & 1) != 0) {
      say(error, "the code of a frame has fewer bits than the data set says, so that its sign is not known");
      return false;
    }
  return true;
}

// The code of frame `index`, whose fragments end where the next frame's begin.
bool codeOf(DcmDataset &data, DcmPixelSequence &sequence, uint32_t index, std::vector<uint8_t> &code) {
  Sint32 frames = 1;
  data.findAndGetSint32(DCM_NumberOfFrames, frames);
  if (frames < 1) frames = 1;
  Uint32 first = 1, end = sequence.card();
  if (frames > 1) {
    if (DcmCodec::determineStartFragment(index, frames, &sequence, first).bad()) return false;
    if (index + 1 < static_cast<uint32_t>(frames)
        && DcmCodec::determineStartFragment(index + 1, frames, &sequence, end).bad())
      return false;
  }
  for (Uint32 fragment = first; fragment < end; fragment++) {
    DcmPixelItem *item = nullptr;
    Uint8 *bytes = nullptr;
    if (sequence.getItem(item, fragment).bad() || item->getUint8Array(bytes).bad() || bytes == nullptr) return false;
    code.insert(code.end(), bytes, bytes + item->getLength());
  }
  return !code.empty();
}

int decode(CDICOMFile *file, uint32_t index, uint8_t *target, size_t count, CDICOMFrameFacts *facts,
           CDICOMError *error) {
  DcmDataset *data = file->format.getDataset();
  DcmElement *element = nullptr;
  data->findAndGetElement(DCM_PixelData, element);
  auto *pixels = dynamic_cast<DcmPixelData *>(element);
  if (pixels == nullptr) {
    say(error, "it has no pixel data");
    return 1;
  }
  const E_TransferSyntax syntax = data->getOriginalXfer();
  if (isJPEG2000(syntax) || isJPEGLS(syntax)) {
    DcmPixelSequence *sequence = nullptr;
    std::vector<uint8_t> code;
    if (pixels->getEncapsulatedRepresentation(syntax, nullptr, sequence).bad() || sequence == nullptr
        || !codeOf(*data, *sequence, index, code)) {
      say(error, "the code of a frame is missing");
      return 1;
    }
    const auto decodeCode = isJPEG2000(syntax) ? decodeJPEG2000 : decodeJPEGLS;
    if (decodeCode(code, target, count, facts, error) != 0) return 1;
    return isDescribed(*data, target, count, *facts, error) ? 0 : 1;
  }
  Uint32 size = 0;
  if (pixels->getUncompressedFrameSize(data, size).bad() || size != count || count > UINT_MAX - 1) {
    say(error, "its pixel data has another size than rows, columns and bits say");
    return 1;
  }
  // DCMTK wants an even size, so that it can exchange bytes.
  std::vector<uint8_t> even;
  if (count % 2 != 0) even.resize(count + 1);
  Uint32 fragment = 0;
  OFString colourModel;
  const OFCondition condition = pixels->getUncompressedFrame(
    data, index, fragment, even.empty() ? target : even.data(), static_cast<Uint32>(count + count % 2), colourModel,
    &file->cache);
  if (condition.bad()) {
    say(error, condition.text());
    return 1;
  }
  if (!even.empty()) std::copy(even.begin(), even.end() - 1, target);
  facts->isSigned = 2;
  return 0;
}

}  // namespace

int frame(CDICOMFile *file, uint32_t index, uint8_t *target, size_t count, CDICOMFrameFacts *facts,
          CDICOMError *error) {
  *facts = CDICOMFrameFacts();
  return guarded(1, error, [&] { return decode(file, index, target, count, facts, error); });
}
