#ifndef CKISSFFT_H
#define CKISSFFT_H
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Transforms `count` complex sequences of `length`, each contiguous as (real, imaginary) pairs, from `input` to
/// `output` (which must not overlap). Unscaled in both directions.
void kissfft_transform(size_t length, int inverse, size_t count, const double *input, double *output);

#ifdef __cplusplus
}
#endif
#endif
