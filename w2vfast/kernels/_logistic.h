/* The logistic term of a score: probability, curvature, loss. */
#ifndef W2VFAST_LOGISTIC_H
#define W2VFAST_LOGISTIC_H

#include "_vector.h"

#define SATURATED 30.0f

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

/* A score s, clamped: p = sigma(s), -log sigma(-s), and the curvature that bounds
 * the step: sigma' where s is on its right side, below 0. Above it sigma' vanishes
 * although the gradient is whole; there it is close to that of the parabola that
 * touches the loss in s and lies above it. */
INLINE void logistic(vec s, vec *p, vec *curvature, vec *loss)
{
    s = CHOOSE(s > SATURATED, ALL(SATURATED), s);
    s = CHOOSE(s < -SATURATED, ALL(-SATURATED), s);
    vec size = CHOOSE(s < 0.0f, -s, s);
    vec e = exponential(-size), r = 1.0f / ((1.0f + e) * (4.0f + size));
    vec q = r * (4.0f + size);
    *p = CHOOSE(s < 0.0f, e * q, q);
    *curvature = CHOOSE(s < 0.0f, e * q * q, r * (1.0f + e));
    *loss = log_one_plus(e) + CHOOSE(s < 0.0f, ALL(0.0f), s);
}

/* n pairs with scores s and labels t = 1 or -1: s becomes t (1 - sigma(t s)), slope
 * its curvature. All arrays have room up to a multiple of LANES. Returns sum of
 * -log sigma(t s). */
static double attract(float *s, const float *label, float *slope, int n)
{
    double total = 0;
    for (int e = 0; e < n; e += WIDTH) {
        vec p, k, loss, t = load(label + e);
        float each[WIDTH];
        logistic(-t * load(s + e), &p, &k, &loss);
        store(s + e, t * p);
        store(slope + e, k);
        memcpy(each, &loss, sizeof loss);
        for (int i = 0; i < WIDTH && e + i < n; i++)
            total += each[i];
    }
    return total;
}

/* One hidden row against n negatives (n % LANES == 0) with scores s, of which each
 * weighs omega share: s becomes -weight sigma(s), and what bounds the step, weight
 * curvature |other|^2, is added to *bound and to bounds[k]. Returns sum of
 * -weight log sigma(-s). */
static float repel(float *s, const float *omega, const float *share,
                   const float *norms, float norm, float *bounds, float *bound,
                   ptrdiff_t n)
{
    vec total = ALL(0.0f), h = ALL(0.0f);
    for (ptrdiff_t k = 0; k < n; k += WIDTH) {
        vec p, slope, loss, w = load(omega + k) * load(share + k);
        logistic(load(s + k), &p, &slope, &loss);
        slope *= w;
        store(s + k, -w * p);
        store(bounds + k, load(bounds + k) + slope * norm);
        h += slope * load(norms + k);
        total += w * loss;
    }
    *bound += sum(h);
    return sum(total);
}

#endif
