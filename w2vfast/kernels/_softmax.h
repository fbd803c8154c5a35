/* The softmax over a vocabulary, a tile of words at a time.
 *
 * A tile has a row of scores for each word, a lane for each hidden row, so that maxima
 * and sums over words are those of whole vectors.
 */
#ifndef W2VFAST_SOFTMAX_H
#define W2VFAST_SOFTMAX_H

#include "_logistic.h"

#define MIN_EXPONENT -80.0f /* e^-80 is nothing beside the largest term, 1 */

INLINE vec exp_clamped(vec x)
{
    return vec_exp(SELECT(x < MIN_EXPONENT, SPLAT(MIN_EXPONENT), x));
}

/* At most 0: what is above is so by rounding, or because another thread wrote. */
INLINE vec min_zero(vec x)
{
    return SELECT(x > 0.0f, SPLAT(0.0f), x);
}

INLINE vec column_max(const float *s, ptrdiff_t stride, ptrdiff_t words, vec max)
{
    for (ptrdiff_t w = 0; w < words; w++) {
        vec x = load(s + w * stride);
        max = SELECT(x > max, x, max);
    }
    return max;
}

INLINE vec exp_column(float *s, ptrdiff_t stride, ptrdiff_t words, vec max)
{
    vec total = SPLAT(0.0f);
    for (ptrdiff_t w = 0; w < words; w++) {
        vec e = exp_clamped(load(s + w * stride) - max);
        store(s + w * stride, e);
        total += e;
    }
    return total;
}

/* Scores s become e^(s - top), top the largest score up to here; sum, of the
 * exponentials of all tiles, follows it. lanes % LANES == 0. */
static void exp_scores(float *s, ptrdiff_t stride, ptrdiff_t words, ptrdiff_t columns,
                       float *max_score, double *exp_sum)
{
    for (ptrdiff_t t = 0; t < columns; t += VEC_WIDTH) {
        vec old_max = load(max_score + t);
        vec new_max = column_max(s + t, stride, words, old_max);
        vec total = exp_column(s + t, stride, words, new_max);
        vec scale = exp_clamped(old_max - new_max);
        float scales[VEC_WIDTH], totals[VEC_WIDTH];
        store(max_score + t, new_max);
        memcpy(scales, &scale, sizeof scale);
        memcpy(totals, &total, sizeof total);
        for (int i = 0; i < VEC_WIDTH; i++)
            exp_sum[t + i] = exp_sum[t + i] * scales[i] + totals[i];
    }
}

/* The same once more for a tile whose top is known. */
static void exp_scores_again(float *s, ptrdiff_t stride, ptrdiff_t words, ptrdiff_t columns,
                        const float *max_score)
{
    for (ptrdiff_t w = 0; w < words; w++)
        for (ptrdiff_t t = 0; t < columns; t += VEC_WIDTH)
            store(s + w * stride + t,
                  exp_clamped(min_zero(load(s + w * stride + t) - load(max_score + t))));
}

/* scale = e^(top - log Z) turns a tile's exponentials into the softmax. */
static void softmax_scale(float *scale, const float *max_score, const float *log_z,
                    ptrdiff_t columns)
{
    for (ptrdiff_t t = 0; t < columns; t += VEC_WIDTH) {
        store(scale + t, exp_clamped(min_zero(load(max_score + t) - load(log_z + t))));
    }
}

/* The exponentials e of one word become -n y, y = e scale being the softmax and n the
 * times that it counts. What bounds the steps is added to each hidden row's bounds,
 * n y |u|^2, and returned for the word, n y (1 - y) |h|^2, y > 1/2 taken as 1/2. */
static float normalise(float *e, const float *scale, const float *pair_count,
                       const float *squared_norms, float squared_norm, float *curvatures, ptrdiff_t columns)
{
    vec word_curvature = SPLAT(0.0f);
    for (ptrdiff_t t = 0; t < columns; t += VEC_WIDTH) {
        vec y = load(e + t) * load(scale + t), n = load(pair_count + t);
        vec q = SELECT(y > 0.5f, SPLAT(0.5f), y);
        store(e + t, -n * y);
        store(curvatures + t, load(curvatures + t) + n * y * squared_norm);
        word_curvature += n * (q - q * q) * load(squared_norms + t);
    }
    return hsum(word_curvature);
}

/* n pairs with scores s and the log Z of their softmax: s becomes 1, what the pair adds
 * to the gradient beside the softmax's own; slope bounds the step as in logistic().
 * Returns the sum of log Z - s. */
static double pair_softmax(float *s, const float *log_z, float *curvature, int n)
{
    double total = 0;
    for (int e = 0; e < n; e += VEC_WIDTH) {
        vec loss = load(log_z + e) - load(s + e), y, k;
        loss = SELECT(loss < 0.0f, SPLAT(0.0f), loss); /* but for rounding it isn't */
        y = exp_clamped(-loss);
        k = SELECT(y < 0.5f, 1.0f / (4.0f + loss), y - y * y);
        store(s + e, SPLAT(1.0f));
        store(curvature + e, k);
        total += hsum_first(loss, n - e);
    }
    return total;
}

#endif
