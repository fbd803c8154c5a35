/* Rows of the tables: read, measured, moved on. */
#ifndef W2VFAST_ROWS_H
#define W2VFAST_ROWS_H

#include "_simd.h"

/* The square of a row's length; one sum for each vector of a panel. */
INLINE float square_of(float *copy, const float *x, ptrdiff_t size)
{
    vec acc[PANEL];
    for (int v = 0; v < PANEL; v++)
        acc[v] = ALL(0.0f);
    for (ptrdiff_t t = 0; t < size; t += LANES)
        for (int v = 0; v < PANEL; v++) {
            vec y = load(x + t + v * WIDTH);
            if (copy)
                store(copy + t + v * WIDTH, y);
            acc[v] += y * y;
        }
    for (int v = 1; v < PANEL; v++)
        acc[0] += acc[v];
    return sum(acc[0]);
}

static float square(const float *x, ptrdiff_t size)
{
    return square_of(NULL, x, size);
}

/* Copy a row; return the square of its length. */
static float fetch(float *to, const float *from, ptrdiff_t size)
{
    return square_of(to, from, size);
}

/* row += step * gradient */
static void advance(float *row, const float *gradient, float step, ptrdiff_t size)
{
    for (ptrdiff_t t = 0; t < size; t += WIDTH)
        store(row + t, load(row + t) + step * load(gradient + t));
}

/* Ask the cache for a row of a table before it is needed. */
static void expect(const float *row, ptrdiff_t size)
{
    for (ptrdiff_t t = 0; t < size; t += LANES)
        PREFETCH(row + t);
}

#endif
