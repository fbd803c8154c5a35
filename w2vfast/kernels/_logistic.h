/* The logistic term of a score: probability, curvature, loss. */
#ifndef W2VFAST_LOGISTIC_H
#define W2VFAST_LOGISTIC_H

#include "_simd.h"

#define MAX_SCORE 30.0f
#define MAX_FACTORS 64 /* of 1 to 2, so that their product is a finite float */

/* e^x for -87 <= x <= 0, relative error below 4e-7. */
INLINE vec vec_exp(vec x)
{
    const float ln2_high = 0.693359375f, ln2_low = -2.12194440e-4f;
    ivec n = TO_INT(x * 1.44269504f - 0.5f); /* x <= 0: truncation rounds */
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

/* log(x) for 1 <= x, absolute error below 4e-7 (1 + the result). NaN: some number. */
INLINE vec vec_log(vec x)
{
    ivec bits = AS_INT(x);
    vec mantissa = AS_FLOAT((bits & 0x7fffff) | 0x3f800000);
    return TO_FLOAT((bits >> 23) - 127) * 0.693147181f + vec_log1p(mantissa - 1.0f);
}

/* max(x, 0); what is not a number stays one. */
INLINE vec max_zero(vec x)
{
    return SELECT(x < 0.0f, SPLAT(0.0f), x);
}

/* A score s, clamped: p = sigma(s), e = exp(-|s|), and what bounds the step if s
 * belongs below 0, and if above: sigma' where s is on its right side. On the wrong one
 * sigma' vanishes although the gradient is whole; there it is close to the curvature of
 * the parabola that touches the loss in s and lies above it. */
INLINE void logistic(vec *s, vec *p, vec *curvature_negative, vec *curvature_positive, vec *e)
{
    vec x = SELECT(*s > MAX_SCORE, SPLAT(MAX_SCORE), *s);
    x = SELECT(x < -MAX_SCORE, SPLAT(-MAX_SCORE), x);
    vec magnitude = SELECT(x < 0.0f, -x, x);
    *e = vec_exp(-magnitude);
    vec r = 1.0f / ((1.0f + *e) * (4.0f + magnitude));
    vec q = r * (4.0f + magnitude), right_side = *e * q * q, wrong_side = r * (1.0f + *e);
    *s = x;
    *p = SELECT(x < 0.0f, *e * q, q);
    *curvature_negative = SELECT(x < 0.0f, right_side, wrong_side);
    *curvature_positive = SELECT(x < 0.0f, wrong_side, right_side);
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

/* Of one vector of pairs: scores s become t (1 - sigma(t s)), t being the labels, and
 * slope their curvature. Returns e, where -log sigma(t s) = log(1 + e) + more. */
INLINE vec pair_logistic_vec(float *s, const float *label, float *curvature, vec *linear)
{
    vec t = load(label), x = -t * load(s), p, k, other, e;
    logistic(&x, &p, &k, &other, &e);
    store(s, t * p);
    store(curvature, k);
    *linear = max_zero(x);
    return e;
}

/* The same for n pairs. All arrays have room up to a multiple of LANES. Returns the sum
 * of -log sigma(t s): the logarithms' sum is that of their arguments' product, in which
 * a loss below 6e-8 is lost. What is not a number stays one in `rest`. */
static double pair_logistic(float *s, const float *label, float *curvature, int n)
{
    double total = 0;
    int e = 0;
    vec linear;
    while (e + VEC_WIDTH <= n) {
        vec product = SPLAT(1.0f), linear_sum = SPLAT(0.0f);
        for (int k = 0; k < MAX_FACTORS && e + VEC_WIDTH <= n; k++, e += VEC_WIDTH) {
            product *= 1.0f + pair_logistic_vec(s + e, label + e, curvature + e, &linear);
            linear_sum += linear;
        }
        total += hsum(vec_log(product) + linear_sum);
    }
    if (e < n) {
        vec last = vec_log1p(pair_logistic_vec(s + e, label + e, curvature + e, &linear));
        total += hsum_first(last + linear, n - e);
    }
    return total;
}

/* One hidden row against n others (n % LANES == 0) with scores s, of which each weighs
 * n_k = omega share, all labelled -1, or if `pull` is given, that much of it 1. s
 * becomes pull - n_k sigma(s), and what bounds the step, weight curvature |other|^2, is
 * added to *bound and to bounds[k]. Returns the sum of the losses. */
INLINE float shared_logistic(const float *n_positive, float *s, const float *omega,
                     const float *shared_weight, const float *squared_norms, float squared_norm, float *curvatures,
                     float *row_curvature, ptrdiff_t n)
{
    vec total = SPLAT(0.0f), h = SPLAT(0.0f);
    for (ptrdiff_t k = 0; k < n; k += VEC_WIDTH) {
        vec x = load(s + k), w = load(omega + k) * load(shared_weight + k);
        vec p, curvature_negative, curvature_positive, e, loss, curvature;
        logistic(&x, &p, &curvature_negative, &curvature_positive, &e);
        loss = vec_log1p(e) + max_zero(x);
        if (n_positive) {
            vec a = load(n_positive + k);
            store(s + k, a - w * p);
            curvature = (w - a) * curvature_negative + a * curvature_positive;
            total += w * loss - a * x;
        } else {
            store(s + k, -w * p);
            curvature = w * curvature_negative;
            total += w * loss;
        }
        store(curvatures + k, load(curvatures + k) + curvature * squared_norm);
        h += curvature * load(squared_norms + k);
    }
    *row_curvature += hsum(h);
    return hsum(total);
}

/* Negatives: all are labelled -1. */
static float negative_logistic(float *s, const float *omega, const float *shared_weight,
                   const float *squared_norms, float squared_norm, float *curvatures, float *row_curvature,
                   ptrdiff_t n)
{
    return shared_logistic(NULL, s, omega, shared_weight, squared_norms, squared_norm, curvatures, row_curvature, n);
}

/* Nodes of a tree: labelled 1 in `pull` cases. */
static float node_logistic(const float *n_positive, float *s, const float *omega,
                      const float *shared_weight, const float *squared_norms, float squared_norm,
                      float *curvatures, float *row_curvature, ptrdiff_t n)
{
    return shared_logistic(n_positive, s, omega, shared_weight, squared_norms, squared_norm, curvatures, row_curvature, n);
}

/* Count pairs, and those labelled 1; labels are 1, -1 and 0 for none. */
static void count_labels(float *n_pairs, float *n_positive, const float *labels, ptrdiff_t n)
{
    for (ptrdiff_t k = 0; k < n; k += VEC_WIDTH) {
        vec x = load(labels + k);
        store(n_pairs + k, load(n_pairs + k) + x * x);
        store(n_positive + k, load(n_positive + k) + SELECT(x > 0.0f, x, SPLAT(0.0f)));
    }
}

#endif
