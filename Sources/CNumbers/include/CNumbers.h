#ifndef CNUMBERS_H
#define CNUMBERS_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

// The number that [first, last) begins with, as std::from_chars of the C++ library reads it: decimal, no sign +, no blanks,
// rounded to the nearest double, whatever the locale. Returns how many bytes it takes; 0 where there is none, or none that a
// finite double other than 0 can stand for.
size_t cnumbers_read(const char *first, const char *last, double *value);

#ifdef __cplusplus
}
#endif
#endif
