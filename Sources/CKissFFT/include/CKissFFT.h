#ifndef CKISSFFT_H
#define CKISSFFT_H
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Transforms forward `count` complex sequences of `length`, each contiguous as (real, imaginary) pairs, from `input` to
/// `output` (which must not overlap). Unscaled.
void kissfft_transform(size_t length, size_t count, const double *input, double *output);

#ifdef __cplusplus
}
#endif
#endif
