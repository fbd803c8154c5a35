/* The columns of a sparse matrix get their values as lines come to know them. */
#ifndef W2VFAST_CSC_H
#define W2VFAST_CSC_H

#include "_simd.h"

/* Values of rows, sorted by a key: that of k are first[k]..first[k + 1] - 1. */
struct Sorted {
    int32_t *first;
    int32_t *row;
    float *value;
};

/* Append a value of a key. Once all are, first[key + 1] is where they end. */
INLINE void put(const struct Sorted *s, int32_t key, int32_t row, float value)
{
    int32_t *end = s->first + 1 + key, at = *end;
    s->row[at] = row;
    s->value[at] = value;
    *end = at + 1;
}

struct Entries {
    const int32_t *column;
    const float *value;
    const float *slope;     /* added to bounds, times the other row's square */
    const float *norm;      /* of columns: squares of their rows, */
    float *bound;           /* bounds of these, */
    struct Sorted columns;  /* and their values */
};

INLINE float tell_one(const struct Entries *p, ptrdiff_t e, int32_t row, float norm)
{
    int32_t k = p->column[e];
    float slope = p->slope[e];
    p->bound[k] += slope * norm;
    put(&p->columns, k, row, p->value[e]);
    return slope * p->norm[k];
}

/* Tell the columns of entries begin..end-1 what hidden row `row`, of squared length
 * `norm`, has for them: values, and parts of bounds. Returns its own part. */
static float tell(const struct Entries *entries, ptrdiff_t begin, ptrdiff_t end,
                  int32_t row, float norm)
{
    struct Entries p = *entries; /* which no store can change */
    float even = 0.0f, odd = 0.0f; /* one sum would wait for itself */
    ptrdiff_t e = begin;
    for (; e + 2 <= end; e += 2) {
        even += tell_one(&p, e, row, norm);
        odd += tell_one(&p, e + 1, row, norm);
    }
    if (e < end)
        even += tell_one(&p, e, row, norm);
    return even + odd;
}

#endif
