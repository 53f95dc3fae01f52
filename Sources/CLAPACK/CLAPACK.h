// The routines of LAPACK and BLAS that are used, by their Fortran names. They are OpenBLAS's own, which is linked by its name: liblapack.so.3 is
// an alternative on Debian, so that speed and last digits would depend on what else is installed.
#ifndef CLAPACK_H
#define CLAPACK_H

// Cholesky: factor, solve, invert.
void dpotrf_(const char *uplo, const int *n, double *a, const int *lda, int *info);
void dpotrs_(const char *uplo, const int *n, const int *nrhs, const double *a, const int *lda, double *b, const int *ldb,
             int *info);
void dpotri_(const char *uplo, const int *n, double *a, const int *lda, int *info);
// QR without pivots.
void dgeqrf_(const int *m, const int *n, double *a, const int *lda, double *tau, double *work, const int *lwork, int *info);
// Eigenvalues, ascending, and eigenvectors of a symmetric matrix.
void dsyevd_(const char *jobz, const char *uplo, const int *n, double *a, const int *lda, double *w, double *work,
             const int *lwork, int *iwork, const int *liwork, int *info);
// C = αA'A + βC.
void dsyrk_(const char *uplo, const char *trans, const int *n, const int *k, const double *alpha, const double *a,
            const int *lda, const double *beta, double *c, const int *ldc);
// C = α op(A) op(B) + βC.
void dgemm_(const char *transa, const char *transb, const int *m, const int *n, const int *k, const double *alpha,
            const double *a, const int *lda, const double *b, const int *ldb, const double *beta, double *c,
            const int *ldc);
void sgemm_(const char *transa, const char *transb, const int *m, const int *n, const int *k, const float *alpha,
            const float *a, const int *lda, const float *b, const int *ldb, const float *beta, float *c, const int *ldc);
// Σ x y, and y = αx + y.
double ddot_(const int *n, const double *x, const int *incx, const double *y, const int *incy);
void daxpy_(const int *n, const double *alpha, const double *x, const int *incx, double *y, const int *incy);
// y = αAx + βy.
void dgemv_(const char *trans, const int *m, const int *n, const double *alpha, const double *a, const int *lda,
            const double *x, const int *incx, const double *beta, double *y, const int *incy);

// x = op(A)⁻¹x of a triangular A.
void dtrsv_(const char *uplo, const char *trans, const char *diag, const int *n, const double *a, const int *lda,
            double *x, const int *incx);
// B = αB·op(A)⁻¹ of a triangular A, or αop(A)⁻¹·B.
void dtrsm_(const char *side, const char *uplo, const char *transa, const char *diag, const int *m, const int *n,
            const double *alpha, const double *a, const int *lda, double *b, const int *ldb);

// Several threads add up in an order of their own, and cost more than they bring at the sizes here.
void openblas_set_num_threads(int threads);

#endif
