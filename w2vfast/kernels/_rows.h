/* Operations on single rows of an embedding matrix: copy, norm, axpy, prefetch.
 *
 * `size` is the padded length of a row in floats.
 */
#ifndef W2VFAST_ROWS_H
#define W2VFAST_ROWS_H

#include "_simd.h"

/* Return |x|^2 and copy x, unless `copy` is NULL. The sum has one accumulator for each
 * vector of a panel. */
INLINE float copy_and_square(float *copy, const float *x, ptrdiff_t size)
{
    vec acc[PANEL_VECS];
    for (int v = 0; v < PANEL_VECS; v++)
        acc[v] = SPLAT(0.0f);
    for (ptrdiff_t t = 0; t < size; t += PANEL_WIDTH)
        for (int v = 0; v < PANEL_VECS; v++) {
            vec y = load(x + t + v * VEC_WIDTH);
            if (copy)
                store(copy + t + v * VEC_WIDTH, y);
            acc[v] += y * y;
        }
    for (int v = 1; v < PANEL_VECS; v++)
        acc[0] += acc[v];
    return hsum(acc[0]);
}

/* Return |x|^2. */
static float row_squared_norm(const float *x, ptrdiff_t size)
{
    return copy_and_square(NULL, x, size);
}

/* to = from; return |from|^2. */
static float copy_row(float *to, const float *from, ptrdiff_t size)
{
    return copy_and_square(to, from, size);
}

/* y += a x */
static void axpy(float *y, const float *x, float a, ptrdiff_t size)
{
    for (ptrdiff_t t = 0; t < size; t += VEC_WIDTH)
        store(y + t, load(y + t) + a * load(x + t));
}

/* Prefetch a row, one cache line for each panel. */
static void prefetch_row(const float *row, ptrdiff_t size)
{
    for (ptrdiff_t t = 0; t < size; t += PANEL_WIDTH)
        PREFETCH(row + t);
}

#endif
