/* Rows of the tables: read, measured, moved on. */
#ifndef W2VFAST_ROWS_H
#define W2VFAST_ROWS_H

#include "_simd.h"

/* The square of a row's length; one sum for each vector of a panel. */
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

static float row_squared_norm(const float *x, ptrdiff_t size)
{
    return copy_and_square(NULL, x, size);
}

/* Copy a row; return the square of its length. */
static float copy_row(float *to, const float *from, ptrdiff_t size)
{
    return copy_and_square(to, from, size);
}

/* row += step * gradient */
static void axpy(float *row, const float *gradient, float step, ptrdiff_t size)
{
    for (ptrdiff_t t = 0; t < size; t += VEC_WIDTH)
        store(row + t, load(row + t) + step * load(gradient + t));
}

/* Ask the cache for a row of a table before it is needed. */
static void prefetch_row(const float *row, ptrdiff_t size)
{
    for (ptrdiff_t t = 0; t < size; t += PANEL_WIDTH)
        PREFETCH(row + t);
}

#endif
