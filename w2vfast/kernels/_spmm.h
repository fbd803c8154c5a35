/* Weighted sums of rows that are picked by number: gradients of sparse parts. */
#ifndef W2VFAST_SPMM_H
#define W2VFAST_SPMM_H

#include "_register_tiles.h"

/* Sum k: over first[k] <= e < first[k + 1] of weight[e] X[row[e]], and what G has: in
 * row k if there are steps, where the sum goes if there are not. */
struct RowSums {
    const float *G;       /* none: nothing */
    const int32_t *first;
    const float *weight;
    const int32_t *row;
    const float *X;
    float *out;           /* out[at[k]] = sum k, or += step[k] * sum k */
    const int32_t *at;    /* none: k */
    const float *step;
    ptrdiff_t size;       /* of all rows */
};

/* `many` panels, from the t-th number on, of one sum */
INLINE void strip(int many, struct RowSums s, ptrdiff_t t, ptrdiff_t k)
{
    vec acc[STRIP * PANEL];
    ptrdiff_t at = s.at ? s.at[k] : k, of_G = s.step ? k : at;
    float *out = s.out + at * s.size + t;
    if (s.step && !s.G && s.first[k] == s.first[k + 1])
        return; /* the row may be another thread's concern */
    for (int v = 0; v < many * PANEL; v++)
        acc[v] = s.G ? load(s.G + of_G * s.size + t + v * WIDTH) : ALL(0.0f);
    for (ptrdiff_t e = s.first[k]; e < s.first[k + 1]; e++) {
        const float *x = s.X + s.row[e] * s.size + t;
        vec w = ALL(s.weight[e]);
        for (int v = 0; v < many * PANEL; v++)
            acc[v] += w * load(x + v * WIDTH);
    }
    for (int v = 0; v < many * PANEL; v++)
        if (s.step)
            store(out + v * WIDTH, load(out + v * WIDTH) + s.step[k] * acc[v]);
        else
            store(out + v * WIDTH, acc[v]);
}

INLINE void strips(int many, struct RowSums s, ptrdiff_t t, ptrdiff_t begin,
                   ptrdiff_t end)
{
    for (ptrdiff_t k = begin; k < end; k++)
        strip(many, s, t, k);
}

/* Sums begin..end-1 */
static void add_up_rows(const struct RowSums *s, ptrdiff_t begin, ptrdiff_t end)
{
#define STRIPS(many) case many: strips(many, *s, t, begin, end); break;
    IN_STRIPS(s->size, STRIPS)
#undef STRIPS
}

#endif
