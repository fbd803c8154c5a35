/* The logistic term of a score: probability, curvature, loss. */
#ifndef W2VFAST_LOGISTIC_H
#define W2VFAST_LOGISTIC_H

#include "_simd.h"

#define SATURATED 30.0f
#define FACTORS 64 /* of 1 to 2, so that their product is a finite float */

/* e^x for -87 <= x <= 0, relative error below 4e-7. */
INLINE vec exponential(vec x)
{
    const float ln2_high = 0.693359375f, ln2_low = -2.12194440e-4f;
    ivec n = TO_INT(x * 1.44269504f - 0.5f); /* x <= 0: truncation rounds */
    vec r = x - TO_FLOAT(n) * ln2_high - TO_FLOAT(n) * ln2_low;
    vec p = ALL(1.0f / 720);
    p = p * r + 1.0f / 120;
    p = p * r + 1.0f / 24;
    p = p * r + 1.0f / 6;
    p = p * r + 0.5f;
    p = p * r + 1.0f;
    p = p * r + 1.0f;
    return p * AS_FLOAT((n + 127) << 23);
}

/* log(1 + e) for 0 <= e <= 1, relative error below 4e-7 (Chebyshev, e p(e)). */
INLINE vec log_one_plus(vec e)
{
    vec p = ALL(-0.00837115254944365f);
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
INLINE vec logarithm(vec x)
{
    ivec bits = AS_INT(x);
    vec mantissa = AS_FLOAT((bits & 0x7fffff) | 0x3f800000);
    return TO_FLOAT((bits >> 23) - 127) * 0.693147181f + log_one_plus(mantissa - 1.0f);
}

/* max(x, 0); what is not a number stays one. */
INLINE vec positive(vec x)
{
    return CHOOSE(x < 0.0f, ALL(0.0f), x);
}

/* A score s, clamped: p = sigma(s), e = exp(-|s|), and what bounds the step if s
 * belongs below 0, and if above: sigma' where s is on its right side. On the wrong one
 * sigma' vanishes although the gradient is whole; there it is close to the curvature of
 * the parabola that touches the loss in s and lies above it. */
INLINE void logistic(vec *s, vec *p, vec *below, vec *above, vec *e)
{
    vec x = CHOOSE(*s > SATURATED, ALL(SATURATED), *s);
    x = CHOOSE(x < -SATURATED, ALL(-SATURATED), x);
    vec size = CHOOSE(x < 0.0f, -x, x);
    *e = exponential(-size);
    vec r = 1.0f / ((1.0f + *e) * (4.0f + size));
    vec q = r * (4.0f + size), right = *e * q * q, wrong = r * (1.0f + *e);
    *s = x;
    *p = CHOOSE(x < 0.0f, *e * q, q);
    *below = CHOOSE(x < 0.0f, right, wrong);
    *above = CHOOSE(x < 0.0f, wrong, right);
}

/* The sum of the first n lanes. */
INLINE float sum_of(vec x, int n)
{
    float each[WIDTH], total = 0.0f;
    if (n >= WIDTH)
        return sum(x);
    memcpy(each, &x, sizeof x);
    for (int i = 0; i < n; i++)
        total += each[i];
    return total;
}

/* Of one vector of pairs: scores s become t (1 - sigma(t s)), t being the labels, and
 * slope their curvature. Returns e, where -log sigma(t s) = log(1 + e) + more. */
INLINE vec attract_some(float *s, const float *label, float *slope, vec *more)
{
    vec t = load(label), x = -t * load(s), p, k, other, e;
    logistic(&x, &p, &k, &other, &e);
    store(s, t * p);
    store(slope, k);
    *more = positive(x);
    return e;
}

/* The same for n pairs. All arrays have room up to a multiple of LANES. Returns the sum
 * of -log sigma(t s): the logarithms' sum is that of their arguments' product, in which
 * a loss below 6e-8 is lost. What is not a number stays one in `rest`. */
static double attract(float *s, const float *label, float *slope, int n)
{
    double total = 0;
    int e = 0;
    vec more;
    while (e + WIDTH <= n) {
        vec product = ALL(1.0f), rest = ALL(0.0f);
        for (int k = 0; k < FACTORS && e + WIDTH <= n; k++, e += WIDTH) {
            product *= 1.0f + attract_some(s + e, label + e, slope + e, &more);
            rest += more;
        }
        total += sum(logarithm(product) + rest);
    }
    if (e < n) {
        vec last = log_one_plus(attract_some(s + e, label + e, slope + e, &more));
        total += sum_of(last + more, n - e);
    }
    return total;
}

/* One hidden row against n others (n % LANES == 0) with scores s, of which each weighs
 * n_k = omega share, all labelled -1, or if `pull` is given, that much of it 1. s
 * becomes pull - n_k sigma(s), and what bounds the step, weight curvature |other|^2, is
 * added to *bound and to bounds[k]. Returns the sum of the losses. */
INLINE float against(const float *pull, float *s, const float *omega,
                     const float *share, const float *norms, float norm, float *bounds,
                     float *bound, ptrdiff_t n)
{
    vec total = ALL(0.0f), h = ALL(0.0f);
    for (ptrdiff_t k = 0; k < n; k += WIDTH) {
        vec x = load(s + k), w = load(omega + k) * load(share + k);
        vec p, below, above, e, loss, slope;
        logistic(&x, &p, &below, &above, &e);
        loss = log_one_plus(e) + positive(x);
        if (pull) {
            vec a = load(pull + k);
            store(s + k, a - w * p);
            slope = (w - a) * below + a * above;
            total += w * loss - a * x;
        } else {
            store(s + k, -w * p);
            slope = w * below;
            total += w * loss;
        }
        store(bounds + k, load(bounds + k) + slope * norm);
        h += slope * load(norms + k);
    }
    *bound += sum(h);
    return sum(total);
}

/* Negatives: all are labelled -1. */
static float repel(float *s, const float *omega, const float *share,
                   const float *norms, float norm, float *bounds, float *bound,
                   ptrdiff_t n)
{
    return against(NULL, s, omega, share, norms, norm, bounds, bound, n);
}

/* Nodes of a tree: labelled 1 in `pull` cases. */
static float sort_out(const float *pull, float *s, const float *omega,
                      const float *share, const float *norms, float norm,
                      float *bounds, float *bound, ptrdiff_t n)
{
    return against(pull, s, omega, share, norms, norm, bounds, bound, n);
}

/* Count pairs, and those labelled 1; labels are 1, -1 and 0 for none. */
static void count_labels(float *pairs, float *ones, const float *labels, ptrdiff_t n)
{
    for (ptrdiff_t k = 0; k < n; k += WIDTH) {
        vec x = load(labels + k);
        store(pairs + k, load(pairs + k) + x * x);
        store(ones + k, load(ones + k) + CHOOSE(x > 0.0f, x, ALL(0.0f)));
    }
}

#endif
