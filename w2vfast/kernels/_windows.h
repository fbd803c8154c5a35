/* Sums over windows of places that follow each other: differences of running sums. */
#ifndef W2VFAST_WINDOWS_H
#define W2VFAST_WINDOWS_H

#include "_register_tiles.h"

INLINE void prefix_sums_tile(int panels, float *prefix, const float *X, const int32_t *index,
                       ptrdiff_t n, ptrdiff_t size)
{
    vec acc[MAX_PANELS * PANEL_VECS]; /* the sum stays in registers all the way */
    for (int v = 0; v < panels * PANEL_VECS; v++)
        acc[v] = load(prefix + v * VEC_WIDTH);
    for (ptrdiff_t k = 0; k < n; k++)
        for (int v = 0; v < panels * PANEL_VECS; v++) {
            acc[v] += load(X + index[k] * size + v * VEC_WIDTH);
            store(prefix + (k + 1) * size + v * VEC_WIDTH, acc[v]);
        }
}

/* sums[k] = sums[0] + the sum over j < k of X[row[j]], for k = 1..n */
static void prefix_sums(float *prefix, const float *X, const int32_t *index, ptrdiff_t n,
                         ptrdiff_t size)
{
#define TILE_CASE(panels) case panels: prefix_sums_tile(panels, prefix + t, X + t, index, n, size); break;
    FOR_REGISTER_TILES(size, TILE_CASE)
#undef TILE_CASE
}

/* h = weight (after - before - own): the sum over a window, of which `before` and
 * `after` are the running sums at its ends, but its centre. Returns |h|^2. */
static float window_sum(float *h, const float *before, const float *after,
                        const float *own, float weight, ptrdiff_t size)
{
    vec acc = SPLAT(0.0f);
    for (ptrdiff_t t = 0; t < size; t += VEC_WIDTH) {
        vec x = weight * (load(after + t) - load(before + t) - load(own + t));
        store(h + t, x);
        acc += x * x;
    }
    return hsum(acc);
}

/* Places one after the other, each in some windows. */
struct WindowTokens {
    ptrdiff_t count;
    const int32_t *word;    /* row of each in the table */
    const int32_t *row;       /* and in `step` */
    const int32_t *indptr;   /* its events, first[k]..first[k + 1] - 1: windows that */
    const int32_t *indices;    /* begin to give this gradient */
    const float *data;    /* with this weight, or a negative one when they end */
    const int32_t *n_windows;    /* how many give to it */
    const int32_t *own_hidden;  /* the gradient of its own window, */
    const float *own_weight;       /* whose weight is not for the place itself */
};

INLINE void scatter_windows_tile(int panels, ptrdiff_t t, float *table, const float *step,
                          const float *G, struct WindowTokens p, ptrdiff_t size)
{
    vec acc[MAX_PANELS * PANEL_VECS];
    for (int v = 0; v < panels * PANEL_VECS; v++)
        acc[v] = SPLAT(0.0f);
    for (ptrdiff_t k = 0; k < p.count; k++) {
        float *to = table + p.word[k] * size + t;
        const float *own = G + p.own_hidden[k] * size + t;
        for (ptrdiff_t e = p.indptr[k]; e < p.indptr[k + 1]; e++) {
            const float *g = G + p.indices[e] * size + t;
            for (int v = 0; v < panels * PANEL_VECS; v++)
                acc[v] += p.data[e] * load(g + v * VEC_WIDTH);
        }
        if (p.n_windows[k] == 0) { /* what rounding left is nobody's */
            for (int v = 0; v < panels * PANEL_VECS; v++)
                acc[v] = SPLAT(0.0f);
            continue;
        }
        for (int v = 0; v < panels * PANEL_VECS; v++) {
            vec g = acc[v] - p.own_weight[k] * load(own + v * VEC_WIDTH);
            store(to + v * VEC_WIDTH, load(to + v * VEC_WIDTH) + step[p.row[k]] * g);
        }
    }
}

/* Rows of the table step by what the windows give to their places: the running sum of
 * what they begin and end to give. */
static void scatter_windows(float *table, const float *step, const float *G,
                     const struct WindowTokens *p, ptrdiff_t size)
{
#define TILE_CASE(panels) \
    case panels: scatter_windows_tile(panels, t, table, step, G, *p, size); break;
    FOR_REGISTER_TILES(size, TILE_CASE)
#undef TILE_CASE
}

#endif
