/* The CSC form of the pair matrix, filled while its rows are computed.
 *
 * The pair matrix is stored by rows (CSR, struct Pairs in _batch.pxd). Gradients of its
 * columns, the outside rows, need the entries by column as well.
 */
#ifndef W2VFAST_CSC_H
#define W2VFAST_CSC_H

#include "_simd.h"

/* As in SciPy: column k has the entries indptr[k]..indptr[k + 1] - 1. While entries are
 * appended, indptr[k + 1] is the end of column k so far. */
struct Csc {
    int32_t *indptr;    /* (columns + 2,); one spare for the counting in _csc.pxd */
    int32_t *indices;   /* (entries,): the row of each entry */
    float *data;        /* (entries,): its value */
};

/* Append the entry (row, value) to a column. */
INLINE void csc_append(const struct Csc *s, int32_t column, int32_t row, float value)
{
    int32_t *end = s->indptr + 1 + column, position = *end;
    s->indices[position] = row;
    s->data[position] = value;
    *end = position + 1;
}

/* Entries of the pair matrix, and what a scatter updates. */
struct PairEntries {
    const int32_t *column;      /* (entries,) */
    const float *data;          /* (entries,): gradient coefficient */
    const float *curvature;     /* (entries,): second derivative by the score */
    const float *squared_norm;  /* (columns,): of the outside rows */
    float *column_curvature;    /* (columns,): curvature along the outside rows */
    struct Csc csc;
};

/* Scatter entry e of hidden row `row`; return its part of that row's curvature. */
INLINE float scatter_entry(const struct PairEntries *p, ptrdiff_t e, int32_t row,
                           float squared_norm)
{
    int32_t k = p->column[e];
    float curvature = p->curvature[e];
    p->column_curvature[k] += curvature * squared_norm;
    csc_append(&p->csc, k, row, p->data[e]);
    return curvature * p->squared_norm[k];
}

/* Append entries begin..end-1 of hidden row `row` to their columns, and add to the
 * columns' curvatures. `squared_norm` is that of the hidden row. Returns the entries'
 * part of the hidden row's curvature, sum_e curvature[e] |outside row of e|^2. */
static float csc_scatter(const struct PairEntries *entries, ptrdiff_t begin,
                         ptrdiff_t end, int32_t row, float squared_norm)
{
    struct PairEntries p = *entries; /* a copy: no store can alias its pointers */
    float even = 0.0f, odd = 0.0f; /* two sums: shorter chains of additions */
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
