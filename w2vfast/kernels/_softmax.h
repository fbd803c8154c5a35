/* The softmax over a vocabulary, a tile of words at a time.
 *
 * A tile has a row of scores for each word, a lane for each hidden row, so that maxima
 * and sums over words are those of whole vectors.
 */
#ifndef W2VFAST_SOFTMAX_H
#define W2VFAST_SOFTMAX_H

#include "_logistic.h"

#define VANISHING -80.0f /* e^-80 is nothing beside the largest term, 1 */

INLINE vec power(vec x)
{
    return exponential(CHOOSE(x < VANISHING, ALL(VANISHING), x));
}

/* At most 0: what is above is so by rounding, or because another thread wrote. */
INLINE vec least(vec x)
{
    return CHOOSE(x > 0.0f, ALL(0.0f), x);
}

/* Scores s become e^(s - top), top the largest score up to here; sum, of the
 * exponentials of all tiles, follows it. lanes % LANES == 0. */
static void exponentiate(float *s, ptrdiff_t s_row, ptrdiff_t words, ptrdiff_t lanes,
                         float *top, double *sum)
{
    for (ptrdiff_t t = 0; t < lanes; t += WIDTH) {
        vec before = load(top + t), now = before, scale, total = ALL(0.0f);
        float scales[WIDTH], totals[WIDTH];
        for (ptrdiff_t w = 0; w < words; w++) {
            vec x = load(s + w * s_row + t);
            now = CHOOSE(x > now, x, now);
        }
        for (ptrdiff_t w = 0; w < words; w++) {
            vec e = power(load(s + w * s_row + t) - now);
            store(s + w * s_row + t, e);
            total += e;
        }
        scale = power(before - now);
        store(top + t, now);
        memcpy(scales, &scale, sizeof scale);
        memcpy(totals, &total, sizeof total);
        for (int i = 0; i < WIDTH; i++)
            sum[t + i] = sum[t + i] * scales[i] + totals[i];
    }
}

/* The same once more for a tile whose top is known. */
static void raise_again(float *s, ptrdiff_t s_row, ptrdiff_t words, ptrdiff_t lanes,
                        const float *top)
{
    for (ptrdiff_t w = 0; w < words; w++)
        for (ptrdiff_t t = 0; t < lanes; t += WIDTH)
            store(s + w * s_row + t,
                  power(least(load(s + w * s_row + t) - load(top + t))));
}

/* scale = e^(top - log Z) turns a tile's exponentials into the softmax. */
static void rescale(float *scale, const float *top, const float *log_z,
                    ptrdiff_t lanes)
{
    for (ptrdiff_t t = 0; t < lanes; t += WIDTH) {
        store(scale + t, power(least(load(top + t) - load(log_z + t))));
    }
}

/* The exponentials e of one word become -n y, y = e scale being the softmax and n the
 * times that it counts. What bounds the steps is added to each hidden row's bounds,
 * n y |u|^2, and returned for the word, n y (1 - y) |h|^2, y > 1/2 taken as 1/2. */
static float share_out(float *e, const float *scale, const float *times,
                       const float *norms, float norm, float *bounds, ptrdiff_t lanes)
{
    vec bound = ALL(0.0f);
    for (ptrdiff_t t = 0; t < lanes; t += WIDTH) {
        vec y = load(e + t) * load(scale + t), n = load(times + t);
        vec q = CHOOSE(y > 0.5f, ALL(0.5f), y);
        store(e + t, -n * y);
        store(bounds + t, load(bounds + t) + n * y * norm);
        bound += n * (q - q * q) * load(norms + t);
    }
    return sum(bound);
}

/* n pairs with scores s and the log Z of their softmax: s becomes 1, what the pair adds
 * to the gradient beside the softmax's own; slope bounds the step as in logistic().
 * Returns the sum of log Z - s. */
static double attract_softmax(float *s, const float *log_z, float *slope, int n)
{
    double total = 0;
    for (int e = 0; e < n; e += WIDTH) {
        vec loss = load(log_z + e) - load(s + e), y, k;
        loss = CHOOSE(loss < 0.0f, ALL(0.0f), loss); /* but for rounding it isn't */
        y = power(-loss);
        k = CHOOSE(y < 0.5f, 1.0f / (4.0f + loss), y - y * y);
        store(s + e, ALL(1.0f));
        store(slope + e, k);
        total += sum_of(loss, n - e);
    }
    return total;
}

#endif
