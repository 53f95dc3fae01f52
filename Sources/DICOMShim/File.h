// An open file, and the functions of the table by the file that holds them.
#ifndef CDICOM_FILE_H
#define CDICOM_FILE_H

#include <dcmtk/config/osconfig.h>

#include <dcmtk/dcmdata/dcfcache.h>
#include <dcmtk/dcmdata/dctk.h>

#include <exception>
#include <memory>
#include <vector>

#include "../CDICOM/CDICOM.h"

struct CDICOMFile {
  DcmFileFormat format;
  uint32_t limit = 0;
  std::vector<uint8_t> records;
  DcmFileCache cache;
};

void say(CDICOMError *error, const char *text);

// Runs `body`; an exception becomes `failed` and a sentence.
template <typename Result, typename Body>
Result guarded(Result failed, CDICOMError *error, Body body) {
  try {
    return body();
  } catch (const std::exception &exception) {
    say(error, exception.what());
  } catch (...) {
    say(error, "DCMTK failed");
  }
  return failed;
}

// Elements.cpp
const uint8_t *records(CDICOMFile *file, size_t *count);
int large(CDICOMFile *file, uint16_t group, uint16_t element, uint8_t *target, size_t count, CDICOMError *error);
// Frames.cpp
int frame(CDICOMFile *file, uint32_t index, uint8_t *target, size_t count, CDICOMFrameFacts *facts,
          CDICOMError *error);
// JPEG2000.cpp
int decodeJPEG2000(const std::vector<uint8_t> &code, uint8_t *target, size_t count, CDICOMFrameFacts *facts,
                   CDICOMError *error);
// JPEGLS.cpp
int decodeJPEGLS(const std::vector<uint8_t> &code, uint8_t *target, size_t count, CDICOMFrameFacts *facts,
                 CDICOMError *error);
// Writing.cpp
int write(const uint8_t *records, size_t count, CDICOMSink sink, void *context, CDICOMError *error);

#endif
