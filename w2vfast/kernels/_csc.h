/* The columns of a sparse matrix get their values as lines come to know them. */
#ifndef W2VFAST_CSC_H
#define W2VFAST_CSC_H

#include "_simd.h"

/* Values of rows, sorted by a key: that of k are first[k]..first[k + 1] - 1. */
struct Csc {
    int32_t *indptr;
    int32_t *indices;
    float *data;
};

/* Append a value of a key. Once all are, first[key + 1] is where they end. */
INLINE void csc_append(const struct Csc *s, int32_t column, int32_t row, float value)
{
    int32_t *end = s->indptr + 1 + column, position = *end;
    s->indices[position] = row;
    s->data[position] = value;
    *end = position + 1;
}

struct PairEntries {
    const int32_t *column;
    const float *data;
    const float *curvature;     /* added to bounds, times the other row's square */
    const float *squared_norm;      /* of columns: squares of their rows, */
    float *row_curvature;           /* bounds of these, */
    struct Csc csc;  /* and their values */
};

INLINE float scatter_entry(const struct PairEntries *p, ptrdiff_t e, int32_t row, float squared_norm)
{
    int32_t k = p->column[e];
    float curvature = p->curvature[e];
    p->row_curvature[k] += curvature * squared_norm;
    csc_append(&p->csc, k, row, p->data[e]);
    return curvature * p->squared_norm[k];
}

/* Tell the columns of entries begin..end-1 what hidden row `row`, of squared length
 * `norm`, has for them: values, and parts of bounds. Returns its own part. */
static float csc_scatter(const struct PairEntries *entries, ptrdiff_t begin, ptrdiff_t end,
                  int32_t row, float squared_norm)
{
    struct PairEntries p = *entries; /* which no store can change */
    float even = 0.0f, odd = 0.0f; /* one sum would wait for itself */
    ptrdiff_t e = begin;
    for (; e + 2 <= end; e += 2) {
        even += scatter_entry(&p, e, row, squared_norm);
        odd += scatter_entry(&p, e + 1, row, squared_norm);
    }
    if (e < end)
        even += scatter_entry(&p, e, row, squared_norm);
    return even + odd;
}

#endif
