#ifndef CKISSFFT_H
#define CKISSFFT_H
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Complex Fourier transforms of one length, of eight sequences side by side. An element is the eight real parts and
/// then the eight imaginary parts of one place in the sequences. Read only once made, for any number of threads.
typedef struct kissfft_plan kissfft_plan;

/// A plan for sequences of `length`, with factors 2, 3 and 5 only.
kissfft_plan *kissfft_plan_create(size_t length);
void kissfft_plan_destroy(kissfft_plan *plan);

/// Transforms forward, unscaled, from `input` to `output`, which must not overlap. Both are aligned to 64 bytes.
void kissfft_transform(const kissfft_plan *plan, const double *input, double *output);

#ifdef __cplusplus
}
#endif
#endif
