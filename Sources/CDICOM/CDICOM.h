// Reads and writes DICOM files by DCMTK, JPEG-LS frames by CharLS and JPEG 2000 frames by OpenJPEG, behind a C table of functions, so that a
// program can load the library when it meets its first DICOM file. Nothing of DCMTK's crosses this header.
#ifndef CDICOM_H
#define CDICOM_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// A data set crosses as a stream of records, each a CDICOMRecord followed by `length` bytes: first the elements of the
// data set in order of tags; a sequence is followed by its items, each from CDICOMItemStart to CDICOMItemEnd, and closed
// by CDICOMSequenceEnd. Values are in this machine's byte order, texts as they are stored or, if the file names a
// character set, as UTF-8. The records are not aligned.
enum {
  CDICOMValue = 0,       // an element and its value
  CDICOMLarge = 1,       // an element whose value was left out; `length` bytes of the file, none follow
  CDICOMSequence = 2,
  CDICOMItemStart = 3,
  CDICOMItemEnd = 4,
  CDICOMSequenceEnd = 5,
};

typedef struct {
  uint16_t group, element;
  char vr[2];
  uint16_t kind;
  uint32_t length;
} CDICOMRecord;

// Why something failed: a sentence's rest, without the file's name.
typedef struct {
  char text[256];
} CDICOMError;

typedef struct {
  char transferSyntax[65];
  uint8_t isEncapsulated;
  uint8_t hasMetaHeader;
  uint8_t charactersUnknown;  // the character set could not be converted; texts are as stored
} CDICOMFileFacts;

typedef struct {
  uint32_t rows, columns, samples;  // of the frame as it was coded
  uint32_t bitsPerSample;
  uint8_t isSigned;  // 1 signed, 0 unsigned, 2 as the data set says
} CDICOMFrameFacts;

typedef struct CDICOMFile CDICOMFile;

// Takes bytes that follow each other; not 0: stop.
typedef int (*CDICOMSink)(void *context, const void *bytes, size_t count);

typedef struct {
  // Call once before anything else; `dictionary` is the path of DCMTK's dicom.dic, or NULL for the one built in.
  // Returns 0, or 1 if no dictionary can be found.
  int (*start)(const char *dictionary);

  // Reads all of a file but values of more than `limit` bytes that are not text. NULL: see `error`.
  // Never reads more than the file holds, and no deeper than a few hundred nested sequences.
  CDICOMFile *(*open)(const char *path, uint32_t limit, CDICOMFileFacts *facts, CDICOMError *error);
  void (*close)(CDICOMFile *file);

  // The data set as records; they live as long as the file is open.
  const uint8_t *(*records)(CDICOMFile *file, size_t *count);

  // The value of a top-level element that was left out. 0, or 1: see `error`.
  int (*large)(CDICOMFile *file, uint16_t group, uint16_t element, uint8_t *target, size_t count, CDICOMError *error);

  // Decodes frame `index` into `count` bytes: samples in this machine's byte order. 0, or 1: see `error`.
  int (*frame)(CDICOMFile *file, uint32_t index, uint8_t *target, size_t count, CDICOMFrameFacts *facts,
               CDICOMError *error);

  // Writes a data set, given as records, as a DICOM file in little-endian explicit form. 0, or 1: see `error`.
  int (*write)(const uint8_t *records, size_t count, CDICOMSink sink, void *context, CDICOMError *error);
} CDICOMFunctions;

// The only symbol of the library.
const CDICOMFunctions *cdicom_functions(void);

#ifdef __cplusplus
}
#endif

#endif
