/* Short lists of 4-byte numbers, a cache line at a time: both may go on, with anything,
 * to a multiple of LANES, which saves a branch that can't be foretold. */
#ifndef W2VFAST_PADDED_H
#define W2VFAST_PADDED_H

#include "_simd.h"

INLINE void copy_padded(void *to, const void *from, ptrdiff_t n)
{
    for (ptrdiff_t k = 0; k < n; k += PANEL_WIDTH)
        memcpy((int32_t *)to + k, (const int32_t *)from + k, PANEL_WIDTH * sizeof(int32_t));
}

INLINE void fill_padded(float *to, float x, ptrdiff_t n)
{
    for (ptrdiff_t k = 0; k < n; k += PANEL_WIDTH)
        for (int i = 0; i < PANEL_WIDTH; i++)
            to[k + i] = x;
}

#endif
