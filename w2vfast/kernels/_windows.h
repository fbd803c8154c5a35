/* Sums over CBOW's windows, and their transpose, by prefix sums.
 *
 * Windows are intervals of consecutive tokens without their centre. A window's sum is a
 * difference of two prefix sums; what the windows give to a token is a prefix sum of
 * changes at the ends of windows. So the cost per token does not depend on the window.
 */
#ifndef W2VFAST_WINDOWS_H
#define W2VFAST_WINDOWS_H

#include "_register_tiles.h"

/* prefix_sums for `steps` steps; pointers begin at their first column. */
INLINE void prefix_sums_tile(int steps, float *prefix, const float *X,
                             const int32_t *index, ptrdiff_t n, ptrdiff_t size)
{
    vec acc[MAX_STEPS * STEP_VECS]; /* the sum stays in registers */
    for (int v = 0; v < steps * STEP_VECS; v++)
        acc[v] = load(prefix + v * VEC_WIDTH);
    for (ptrdiff_t k = 0; k < n; k++)
        for (int v = 0; v < steps * STEP_VECS; v++) {
            acc[v] += load(X + index[k] * size + v * VEC_WIDTH);
            store(prefix + (k + 1) * size + v * VEC_WIDTH, acc[v]);
        }
}

/* prefix[k] = prefix[0] + sum_{j < k} X[index[j]], for k = 1..n, in the columns
 * below used_size */
static void prefix_sums(float *prefix, const float *X, const int32_t *index,
                        ptrdiff_t n, ptrdiff_t size, ptrdiff_t used_size)
{
#define TILE_CASE(steps) \
    case steps: \
        prefix_sums_tile(steps, prefix + t, X + t, index, n, size); break;
    FOR_REGISTER_TILES(used_size, TILE_CASE)
#undef TILE_CASE
}

/* h = weight (after - before - centre): a window's weighted sum without its centre,
 * where `before` and `after` are the prefix sums at its ends. Returns |h|^2. */
static float window_sum(float *h, const float *before, const float *after,
                        const float *centre, float weight, ptrdiff_t size)
{
    vec acc = SPLAT(0.0f);
    for (ptrdiff_t t = 0; t < size; t += VEC_WIDTH) {
        vec x = weight * (load(after + t) - load(before + t) - load(centre + t));
        store(h + t, x);
        acc += x * x;
    }
    return hsum(acc);
}

/* Consecutive tokens, and the windows that begin or end at them. */
struct WindowTokens {
    ptrdiff_t count;
    const int32_t *word;        /* (count,): row of `matrix` */
    const int32_t *row;         /* (count,): index into the step sizes */
    /* Windows that begin at token k, and those that end before it, are the entries
     * indptr[k]..indptr[k + 1] - 1: */
    const int32_t *indptr;      /* (count + 1,) */
    const int32_t *indices;     /* (entries,): hidden row of the window */
    const float *data;          /* (entries,): its gradient weight; negative: it ends */
    const int32_t *n_windows;   /* (count,): windows that contain the token */
    const int32_t *own_hidden;  /* (count,): hidden row of the token's own window, */
    const float *own_weight;    /* and its gradient weight; 0: the token has none */
    /* If not NULL, the rows that get their gradients in `gradient` instead: */
    const int32_t *merged;      /* (rows,): not 0 for these rows */
    float *gradient;            /* (rows, size) */
};

/* scatter_windows for `steps` steps from column t on. */
INLINE void scatter_windows_tile(int steps, ptrdiff_t t, float *matrix,
                                 const float *step, const float *G,
                                 struct WindowTokens p, ptrdiff_t size)
{
    vec acc[MAX_STEPS * STEP_VECS];
    for (int v = 0; v < steps * STEP_VECS; v++)
        acc[v] = SPLAT(0.0f);
    for (ptrdiff_t k = 0; k < p.count; k++) {
        float *to = (p.merged && p.merged[p.row[k]] ? p.gradient + p.row[k] * size
                                                    : matrix + p.word[k] * size) + t;
        const float *own = G + p.own_hidden[k] * size + t;
        for (ptrdiff_t e = p.indptr[k]; e < p.indptr[k + 1]; e++) {
            const float *g = G + p.indices[e] * size + t;
            for (int v = 0; v < steps * STEP_VECS; v++)
                acc[v] += p.data[e] * load(g + v * VEC_WIDTH);
        }
        if (p.n_windows[k] == 0) { /* only rounding errors are left: drop them */
            for (int v = 0; v < steps * STEP_VECS; v++)
                acc[v] = SPLAT(0.0f);
            continue;
        }
        for (int v = 0; v < steps * STEP_VECS; v++) {
            vec g = acc[v] - p.own_weight[k] * load(own + v * VEC_WIDTH);
            store(to + v * VEC_WIDTH, load(to + v * VEC_WIDTH) + step[p.row[k]] * g);
        }
    }
}

/* matrix[word[k]] += step[row[k]] g_k for every token k, where g_k is the weighted sum
 * of the gradients G of the hidden rows whose windows contain the token, without its
 * own window. */
static void scatter_windows(float *matrix, const float *step, const float *G,
                            const struct WindowTokens *p, ptrdiff_t size,
                            ptrdiff_t used_size)
{
#define TILE_CASE(steps) \
    case steps: \
        scatter_windows_tile(steps, t, matrix, step, G, *p, size); break;
    FOR_REGISTER_TILES(used_size, TILE_CASE)
#undef TILE_CASE
}

#endif
