/* Sums over windows of places that follow each other: differences of running sums. */
#ifndef W2VFAST_WINDOWS_H
#define W2VFAST_WINDOWS_H

#include "_strips.h"

INLINE void sums_strip(int many, float *sums, const float *X, const int32_t *row,
                       ptrdiff_t n, ptrdiff_t size)
{
    vec acc[STRIP * PANEL];
    for (int v = 0; v < many * PANEL; v++)
        acc[v] = ALL(0.0f);
    for (ptrdiff_t k = 0; k <= n; k++) {
        for (int v = 0; v < many * PANEL; v++)
            store(sums + k * size + v * WIDTH, acc[v]);
        if (k < n)
            for (int v = 0; v < many * PANEL; v++)
                acc[v] += load(X + row[k] * size + v * WIDTH);
    }
}

/* sums[k] = the sum over j < k of X[row[j]], for k = 0..n */
static void running_sums(float *sums, const float *X, const int32_t *row, ptrdiff_t n,
                         ptrdiff_t size)
{
#define STRIPS(many) case many: sums_strip(many, sums + t, X + t, row, n, size); break;
    IN_STRIPS(size, STRIPS)
#undef STRIPS
}

/* h = weight (after - before - own): the sum over a window, of which `before` and
 * `after` are the running sums at its ends, but its centre. Returns |h|^2. */
static float sum_window(float *h, const float *before, const float *after,
                        const float *own, float weight, ptrdiff_t size)
{
    vec acc = ALL(0.0f);
    for (ptrdiff_t t = 0; t < size; t += WIDTH) {
        vec x = weight * (load(after + t) - load(before + t) - load(own + t));
        store(h + t, x);
        acc += x * x;
    }
    return sum(acc);
}

/* What h gets enters the running sum at the window's first place and leaves it behind
 * the last. */
static void spread_window(float *enter, float *leave, const float *gradient,
                          float weight, ptrdiff_t size)
{
    for (ptrdiff_t t = 0; t < size; t += WIDTH) {
        vec g = weight * load(gradient + t);
        store(enter + t, load(enter + t) + g);
        store(leave + t, load(leave + t) - g);
    }
}

INLINE void out_strip(int many, float *G, const int32_t *row, const float *change,
                      const int32_t *open, const float *own, const int32_t *centre,
                      const float *H, ptrdiff_t n, ptrdiff_t size)
{
    vec acc[STRIP * PANEL];
    for (int v = 0; v < many * PANEL; v++)
        acc[v] = ALL(0.0f);
    for (ptrdiff_t k = 0; k < n; k++) {
        float *to = G + row[k] * size;
        const float *h = H + centre[k] * size;
        if (open[k] == 0) { /* what rounding left is nobody's */
            for (int v = 0; v < many * PANEL; v++)
                acc[v] = ALL(0.0f);
            continue;
        }
        for (int v = 0; v < many * PANEL; v++) {
            acc[v] += load(change + k * size + v * WIDTH);
            store(to + v * WIDTH,
                  load(to + v * WIDTH) + acc[v] - own[k] * load(h + v * WIDTH));
        }
    }
}

/* G[row[k]] gets the sum of the changes up to place k, which is what the windows give
 * that are open there, but for own[k] H[centre[k]]. */
static void hand_out(float *G, const int32_t *row, const float *change,
                     const int32_t *open, const float *own, const int32_t *centre,
                     const float *H, ptrdiff_t n, ptrdiff_t size)
{
#define STRIPS(many) \
    case many: \
        out_strip(many, G + t, row, change + t, open, own, centre, H + t, n, size); \
        break;
    IN_STRIPS(size, STRIPS)
#undef STRIPS
}

#endif
