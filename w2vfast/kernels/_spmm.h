/* Weighted sums of rows that are picked by number: gradients of sparse parts. */
#ifndef W2VFAST_SPMM_H
#define W2VFAST_SPMM_H

#include "_register_tiles.h"

/* Sum k: over first[k] <= e < first[k + 1] of weight[e] X[row[e]], and what G has: in
 * row k if there are steps, where the sum goes if there are not. */
struct Spmm {
    const float *init;       /* none: nothing */
    const int32_t *indptr;
    const float *data;
    const int32_t *indices;
    const float *X;
    float *out;           /* out[at[k]] = sum k, or += step[k] * sum k */
    const int32_t *out_row;    /* none: k */
    const float *step;
    ptrdiff_t size;       /* of all rows */
};

/* `many` panels, from the t-th number on, of one sum */
INLINE void spmm_row_tile(int panels, struct Spmm s, ptrdiff_t t, ptrdiff_t k)
{
    vec acc[MAX_PANELS * PANEL_VECS];
    ptrdiff_t out_row = s.out_row ? s.out_row[k] : k, init_row = s.step ? k : out_row;
    float *out = s.out + out_row * s.size + t;
    if (s.step && !s.init && s.indptr[k] == s.indptr[k + 1])
        return; /* the row may be another thread's concern */
    for (int v = 0; v < panels * PANEL_VECS; v++)
        acc[v] = s.init ? load(s.init + init_row * s.size + t + v * VEC_WIDTH) : SPLAT(0.0f);
    for (ptrdiff_t e = s.indptr[k]; e < s.indptr[k + 1]; e++) {
        const float *x = s.X + s.indices[e] * s.size + t;
        vec w = SPLAT(s.data[e]);
        for (int v = 0; v < panels * PANEL_VECS; v++)
            acc[v] += w * load(x + v * VEC_WIDTH);
    }
    for (int v = 0; v < panels * PANEL_VECS; v++)
        if (s.step)
            store(out + v * VEC_WIDTH, load(out + v * VEC_WIDTH) + s.step[k] * acc[v]);
        else
            store(out + v * VEC_WIDTH, acc[v]);
}

INLINE void spmm_tile(int panels, struct Spmm s, ptrdiff_t t, ptrdiff_t begin,
                   ptrdiff_t end)
{
    for (ptrdiff_t k = begin; k < end; k++)
        spmm_row_tile(panels, s, t, k);
}

/* Sums begin..end-1 */
static void spmm(const struct Spmm *s, ptrdiff_t begin, ptrdiff_t end)
{
#define TILE_CASE(panels) case panels: spmm_tile(panels, *s, t, begin, end); break;
    FOR_REGISTER_TILES(s->size, TILE_CASE)
#undef TILE_CASE
}

#endif
