#ifndef CBOOSTMATH_H
#define CBOOSTMATH_H

#ifdef __cplusplus
extern "C" {
#endif

// Distribution functions of Boost.Math in double precision. `below` is P(X <= x), `above` is P(X > x); a quantile is the x
// of which P(X <= x) or P(X > x) is p. Outside of where they are defined the result is NaN or infinite; nothing throws.

double boostmath_normal_below(double x);
double boostmath_normal_quantile(double p);

double boostmath_t_above(double x, double df);
double boostmath_t_quantile(double p, double df);

double boostmath_chi_squared_above(double x, double df);
double boostmath_chi_squared_quantile(double p, double df);

double boostmath_f_above(double x, double df1, double df2);
double boostmath_f_quantile(double p, double df1, double df2);

double boostmath_beta_below(double x, double a, double b);
double boostmath_beta_quantile(double p, double a, double b);

double boostmath_noncentral_t_below(double x, double df, double noncentrality);
double boostmath_noncentral_t_quantile(double p, double df, double noncentrality);

// The first and second derivative of log Γ.
double boostmath_digamma(double x);
double boostmath_trigamma(double x);

#ifdef __cplusplus
}
#endif
#endif
