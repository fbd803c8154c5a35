/* The softmax over the vocabulary, one tile of words at a time.
 *
 * A tile holds scores: a row for each word w, a column for each hidden row h_i. Maxima
 * and sums over words are therefore operations on whole vectors. Columns are padded to
 * a multiple of PANEL_WIDTH; `stride` is the distance between rows. y_iw is the softmax
 * exp(s_iw) / Z_i.
 */
#ifndef W2VFAST_SOFTMAX_H
#define W2VFAST_SOFTMAX_H

#include "_logistic.h"

#define MIN_EXPONENT -80.0f /* e^-80 is negligible next to the largest term, 1 */

/* e^x for x <= 0, x clamped to MIN_EXPONENT */
INLINE vec exp_clamped(vec x)
{
    return vec_exp(SELECT(x < MIN_EXPONENT, SPLAT(MIN_EXPONENT), x));
}

/* min(x, 0). Exponents are positive only by rounding, or if another thread has updated
 * a row since the maximum was taken. */
INLINE vec min_zero(vec x)
{
    return SELECT(x > 0.0f, SPLAT(0.0f), x);
}

/* Maximum of one vector of columns, at least `max`. */
INLINE vec column_max(const float *s, ptrdiff_t stride, ptrdiff_t words, vec max)
{
    for (ptrdiff_t w = 0; w < words; w++) {
        vec x = load(s + w * stride);
        max = SELECT(x > max, x, max);
    }
    return max;
}

/* s becomes e^(s - max) in one vector of columns; return the sums. */
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

/* Scores s become e^(s - max_score), where max_score is the maximum over this tile and
 * those before it. exp_sum is the sum over the same tiles: the old sum is rescaled to
 * the new maximum, then this tile is added. */
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

/* Scores s become e^(s - max_score) for a tile whose maximum is known. */
static void exp_scores_again(float *s, ptrdiff_t stride, ptrdiff_t words,
                             ptrdiff_t columns, const float *max_score)
{
    for (ptrdiff_t w = 0; w < words; w++)
        for (ptrdiff_t t = 0; t < columns; t += VEC_WIDTH) {
            float *x = s + w * stride + t;
            store(x, exp_clamped(min_zero(load(x) - load(max_score + t))));
        }
}

/* scale = e^(max_score - log Z): it turns a tile's exponentials into the softmax. */
static void softmax_scale(float *scale, const float *max_score, const float *log_z,
                          ptrdiff_t columns)
{
    for (ptrdiff_t t = 0; t < columns; t += VEC_WIDTH) {
        store(scale + t, exp_clamped(min_zero(load(max_score + t) - load(log_z + t))));
    }
}

/* One word w of a tile, n_i = pair_count[i]: the exponentials e become the coefficients
 * -n_i y_iw, where y_iw = e scale.
 *     curvatures[i] += n_i y_iw |u_w|^2
 *     returned:  sum_i n_i q (1 - q) |h_i|^2,  q = min(y_iw, 1/2)
 * squared_norms are |h_i|^2, squared_norm is |u_w|^2. */
static float normalise(float *e, const float *scale, const float *pair_count,
                       const float *squared_norms, float squared_norm,
                       float *curvatures, ptrdiff_t columns)
{
    vec curvature = SPLAT(0.0f);
    for (ptrdiff_t t = 0; t < columns; t += VEC_WIDTH) {
        vec y = load(e + t) * load(scale + t), n = load(pair_count + t);
        vec q = SELECT(y > 0.5f, SPLAT(0.5f), y);
        store(e + t, -n * y);
        store(curvatures + t, load(curvatures + t) + n * y * squared_norm);
        curvature += n * (q - q * q) * load(squared_norms + t);
    }
    return hsum(curvature);
}

/* n pairs with scores s and weights w (NULL: 1): s becomes w, the pair's coefficient
 * without the softmax's -n_i y_iw. curvature is w y (1 - y), or w / (4 - log y) where
 * y < 1/2; see logistic(). Returns the weighted sum of the losses log Z - s = -log y. */
static double pair_softmax(float *s, const float *log_z, const float *weight,
                           float *curvature, int n)
{
    double total = 0;
    for (int e = 0; e < n; e += VEC_WIDTH) {
        vec loss = load(log_z + e) - load(s + e), y, c;
        vec w = weight ? load(weight + e) : SPLAT(1.0f);
        loss = SELECT(loss < 0.0f, SPLAT(0.0f), loss); /* negative only by rounding */
        y = exp_clamped(-loss);
        c = SELECT(y < 0.5f, 1.0f / (4.0f + loss), y - y * y);
        store(s + e, w);
        store(curvature + e, w * c);
        total += hsum_first(w * loss, n - e);
    }
    return total;
}

#endif
