/* Sparse matrix times dense matrix (SpMM), fused with the SGD update.
 *
 * Gradients of the pairs are such products: coefficients times rows of the other
 * embedding matrix.
 */
#ifndef W2VFAST_SPMM_H
#define W2VFAST_SPMM_H

#include "_register_tiles.h"

/* For every row k of a sparse matrix S (CSR arrays indptr, indices, data):
 *
 *     g_k = init[k] + sum_e data[e] X[indices[e]],  indptr[k] <= e < indptr[k + 1]
 *
 * With steps, out[out_row[k]] += step[k] g_k, and g_k is not stored. Without steps,
 * out[out_row[k]] = g_k, and init is read at row out_row[k]. */
struct Spmm {
    const float *init;       /* (rows, size); NULL: zeros */
    const int32_t *indptr;   /* (rows + 1,) */
    const float *data;       /* (entries,) */
    const int32_t *indices;  /* (entries,): rows of X */
    const float *X;          /* (rows of X, size) */
    float *out;              /* (rows of out, size) */
    const int32_t *out_row;  /* (rows,); NULL: k */
    const float *step;       /* (rows,); NULL: no steps */
    ptrdiff_t size;          /* floats in a row of init, X and out */
    ptrdiff_t used_size;     /* columns to compute; the others are zero */
};

/* Row k, `steps` steps from column t on. */
INLINE void spmm_row_tile(int steps, struct Spmm s, ptrdiff_t t, ptrdiff_t k)
{
    vec acc[MAX_STEPS * STEP_VECS];
    ptrdiff_t out_row = s.out_row ? s.out_row[k] : k, init_row = s.step ? k : out_row;
    float *out = s.out + out_row * s.size + t;
    float step = s.step ? s.step[k] : 0.0f;
    if (s.step && !s.init && s.indptr[k] == s.indptr[k + 1])
        return; /* no gradient: writing the row could undo another thread's update */
    for (int v = 0; v < steps * STEP_VECS; v++)
        acc[v] = s.init ? load(s.init + init_row * s.size + t + v * VEC_WIDTH)
                        : SPLAT(0.0f);
    for (ptrdiff_t e = s.indptr[k]; e < s.indptr[k + 1]; e++) {
        const float *x = s.X + s.indices[e] * s.size + t;
        vec w = SPLAT(s.data[e]);
        for (int v = 0; v < steps * STEP_VECS; v++) {
            if (steps == MAX_STEPS && v == MAX_STEPS * STEP_VECS / 2)
                LOAD_BARRIER();
            acc[v] += w * load(x + v * VEC_WIDTH);
        }
    }
    for (int v = 0; v < steps * STEP_VECS; v++)
        if (s.step)
            store(out + v * VEC_WIDTH, load(out + v * VEC_WIDTH) + step * acc[v]);
        else
            store(out + v * VEC_WIDTH, acc[v]);
}

/* The same columns of rows begin..end-1. */
INLINE void spmm_tile(int steps, struct Spmm s, ptrdiff_t t, ptrdiff_t begin,
                      ptrdiff_t end)
{
    for (ptrdiff_t k = begin; k < end; k++)
        spmm_row_tile(steps, s, t, k);
}

/* Rows begin..end-1 of the product. */
static void spmm(const struct Spmm *s, ptrdiff_t begin, ptrdiff_t end)
{
#define TILE_CASE(steps) case steps: spmm_tile(steps, *s, t, begin, end); break;
    FOR_REGISTER_TILES(s->used_size, TILE_CASE)
#undef TILE_CASE
}

#endif
