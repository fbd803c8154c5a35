/* The logistic loss of scores: gradient coefficients, curvatures, losses.
 *
 * s = u.h is the score of an outside row u and a hidden row h,
 * sigma(s) = 1 / (1 + e^-s).
 * A pair with label t (1 or -1) has the loss J = -log sigma(t s), the gradient
 * coefficient -dJ/ds = t (1 - sigma(t s)), and a curvature: see logistic().
 */
#ifndef W2VFAST_LOGISTIC_H
#define W2VFAST_LOGISTIC_H

#include "_simd.h"

#define MAX_SCORE 30.0f /* scores are clamped to +-MAX_SCORE */
#define MAX_FACTORS 64  /* factors of 1 to 2: 2^64 is still a finite float */

/* e^x for -87 <= x <= 0, relative error below 4e-7. */
INLINE vec vec_exp(vec x)
{
    const float ln2_high = 0.693359375f, ln2_low = -2.12194440e-4f;
    ivec n = TO_INT(x * 1.44269504f - 0.5f); /* x <= 0: truncation rounds to nearest */
    vec r = x - TO_FLOAT(n) * ln2_high - TO_FLOAT(n) * ln2_low;
    vec p = SPLAT(1.0f / 720);
    p = p * r + 1.0f / 120;
    p = p * r + 1.0f / 24;
    p = p * r + 1.0f / 6;
    p = p * r + 0.5f;
    p = p * r + 1.0f;
    p = p * r + 1.0f;
    return p * AS_FLOAT((n + 127) << 23);
}

/* log(1 + e) for 0 <= e <= 1, relative error below 4e-7 (Chebyshev, e p(e)). */
INLINE vec vec_log1p(vec e)
{
    vec p = SPLAT(-0.00837115254944365f);
    p = p * e + 0.04349389981533136f;
    p = p * e - 0.1068500286374956f;
    p = p * e + 0.17687476700423233f;
    p = p * e - 0.24474774178478675f;
    p = p * e + 0.332719283833915f;
    p = p * e - 0.4999717452300584f;
    p = p * e + 0.9999997807585044f;
    return p * e;
}

/* log(x) for 1 <= x, absolute error below 4e-7 (1 + the result). NaN gives a number. */
INLINE vec vec_log(vec x)
{
    ivec bits = AS_INT(x);
    vec mantissa = AS_FLOAT((bits & 0x7fffff) | 0x3f800000);
    return TO_FLOAT((bits >> 23) - 127) * 0.693147181f + vec_log1p(mantissa - 1.0f);
}

/* max(x, 0); NaN stays NaN. */
INLINE vec max_zero(vec x)
{
    return SELECT(x < 0.0f, SPLAT(0.0f), x);
}

/* Clamp the scores s; compute p = sigma(s), e = exp(-|s|), and the curvatures c of the
 * losses with label -1 and with label 1.
 *
 * Where the score has the sign of its label, c is the loss's own sigma(s) sigma(-s).
 * On the wrong side that vanishes although the gradient is large. There c is
 * 1 / (4 + |s|), close to the curvature of the parabola that touches the loss at s and
 * lies above it. */
INLINE void logistic(vec *s, vec *p, vec *c_negative, vec *c_positive, vec *e)
{
    vec x = SELECT(*s > MAX_SCORE, SPLAT(MAX_SCORE), *s);
    x = SELECT(x < -MAX_SCORE, SPLAT(-MAX_SCORE), x);
    vec size = SELECT(x < 0.0f, -x, x);
    *e = vec_exp(-size);
    vec r = 1.0f / ((1.0f + *e) * (4.0f + size)); /* one division for two quotients */
    vec q = r * (4.0f + size), right_side = *e * q * q, wrong_side = r * (1.0f + *e);
    *s = x;
    *p = SELECT(x < 0.0f, *e * q, q);
    *c_negative = SELECT(x < 0.0f, right_side, wrong_side);
    *c_positive = SELECT(x < 0.0f, wrong_side, right_side);
}

/* The sum of the first n lanes. */
INLINE float hsum_first(vec x, int n)
{
    float each[VEC_WIDTH], total = 0.0f;
    if (n >= VEC_WIDTH)
        return hsum(x);
    memcpy(each, &x, sizeof x);
    for (int i = 0; i < n; i++)
        total += each[i];
    return total;
}

/* One vector of pairs with labels t: scores s become coefficients t (1 - sigma(t s)).
 * Returns e, where -log sigma(t s) = log(1 + e) + linear. */
INLINE vec pair_logistic_vec(float *s, const float *label, float *curvature,
                             vec *linear)
{
    vec t = load(label), x = -t * load(s), p, c, other, e;
    logistic(&x, &p, &c, &other, &e);
    store(s, t * p);
    store(curvature, c);
    *linear = max_zero(x);
    return e;
}

/* n pairs: scores s become coefficients, curvature is written. Returns the sum of the
 * losses -log sigma(t s). Arrays need slack up to a multiple of PANEL_WIDTH.
 *
 * The sum of logarithms is the logarithm of a product, so one logarithm serves up to
 * MAX_FACTORS vectors; losses below 6e-8 are rounded to 0. vec_log does not keep NaN,
 * but linear_sum does. */
static double pair_logistic(float *s, const float *label, float *curvature, int n)
{
    double total = 0;
    int e = 0;
    vec linear;
    while (e + VEC_WIDTH <= n) {
        vec product = SPLAT(1.0f), linear_sum = SPLAT(0.0f);
        for (int k = 0; k < MAX_FACTORS && e + VEC_WIDTH <= n; k++, e += VEC_WIDTH) {
            product *= 1.0f
                + pair_logistic_vec(s + e, label + e, curvature + e, &linear);
            linear_sum += linear;
        }
        total += hsum(vec_log(product) + linear_sum);
    }
    if (e < n) {
        vec last = pair_logistic_vec(s + e, label + e, curvature + e, &linear);
        total += hsum_first(vec_log1p(last) + linear, n - e);
    }
    return total;
}

/* pair_logistic for pairs with weights w: coefficients, curvatures and losses are
 * multiplied by them. */
static double weighted_logistic(float *s, const float *label, const float *weight,
                                float *curvature, int n)
{
    double total = 0;
    for (int e = 0; e < n; e += VEC_WIDTH) {
        vec w = load(weight + e), linear;
        vec loss = vec_log1p(pair_logistic_vec(s + e, label + e, curvature + e, &linear));
        store(s + e, w * load(s + e));
        store(curvature + e, w * load(curvature + e));
        total += hsum_first(w * (loss + linear), n - e);
    }
    return total;
}

/* One hidden row h against the n shared rows (n % PANEL_WIDTH == 0), with scores s.
 *
 * Shared row k stands for w_k = omega[k] weight[k] pairs. All have label -1, or, if
 * n_positive is given, n_positive[k] of them have label 1.
 *     s[k] becomes the coefficient  n_positive[k] - w_k sigma(s[k])
 *     c_k = w_k curvature           (by label)
 *     row_curvature += sum_k c_k squared_norms[k];  curvatures[k] += c_k |h|^2
 * Returns the sum of the losses. */
INLINE float shared_logistic(const float *n_positive, float *s, const float *omega,
                             const float *weight, const float *squared_norms,
                             float squared_norm, float *curvatures,
                             float *row_curvature, ptrdiff_t n)
{
    vec total = SPLAT(0.0f), sum = SPLAT(0.0f);
    for (ptrdiff_t k = 0; k < n; k += VEC_WIDTH) {
        vec x = load(s + k), w = load(omega + k) * load(weight + k);
        vec p, c_negative, c_positive, e, loss, c;
        logistic(&x, &p, &c_negative, &c_positive, &e);
        loss = vec_log1p(e) + max_zero(x);
        if (n_positive) {
            vec a = load(n_positive + k);
            store(s + k, a - w * p);
            c = (w - a) * c_negative + a * c_positive;
            total += w * loss - a * x;
        } else {
            store(s + k, -w * p);
            c = w * c_negative;
            total += w * loss;
        }
        store(curvatures + k, load(curvatures + k) + c * squared_norm);
        sum += c * load(squared_norms + k);
    }
    *row_curvature += hsum(sum);
    return hsum(total);
}

/* shared_logistic for shared negatives: all pairs have label -1. */
static float negative_logistic(float *s, const float *omega, const float *weight,
                               const float *squared_norms, float squared_norm,
                               float *curvatures, float *row_curvature, ptrdiff_t n)
{
    return shared_logistic(NULL, s, omega, weight, squared_norms, squared_norm,
                           curvatures, row_curvature, n);
}

/* shared_logistic for nodes of the tree: n_positive[k] of the pairs have label 1. */
static float node_logistic(const float *n_positive, float *s, const float *omega,
                           const float *weight, const float *squared_norms,
                           float squared_norm, float *curvatures,
                           float *row_curvature, ptrdiff_t n)
{
    return shared_logistic(n_positive, s, omega, weight, squared_norms, squared_norm,
                           curvatures, row_curvature, n);
}

/* Count the pairs, and those with label 1. Labels are 1, -1, or 0 for no pair. */
static void count_labels(float *n_pairs, float *n_positive, const float *labels,
                         ptrdiff_t n)
{
    for (ptrdiff_t k = 0; k < n; k += VEC_WIDTH) {
        vec x = load(labels + k);
        store(n_pairs + k, load(n_pairs + k) + x * x);
        store(n_positive + k, load(n_positive + k) + SELECT(x > 0.0f, x, SPLAT(0.0f)));
    }
}

#endif
