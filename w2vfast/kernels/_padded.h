/* Copy and fill short arrays of 4-byte numbers, PANEL_WIDTH of them at a time.
 *
 * Up to PANEL_WIDTH - 1 numbers beyond n are read and written, so arrays need that much
 * slack (Workspace provides it). In return no branch depends on n % PANEL_WIDTH, which
 * the CPU would often mispredict.
 */
#ifndef W2VFAST_PADDED_H
#define W2VFAST_PADDED_H

#include "_simd.h"

/* to[:n] = from[:n] */
INLINE void copy_padded(void *to, const void *from, ptrdiff_t n)
{
    int32_t *out = to;
    const int32_t *in = from;
    for (ptrdiff_t k = 0; k < n; k += PANEL_WIDTH)
        memcpy(out + k, in + k, PANEL_WIDTH * sizeof(int32_t));
}

/* to[:n] = x */
INLINE void fill_padded(float *to, float x, ptrdiff_t n)
{
    for (ptrdiff_t k = 0; k < n; k += PANEL_WIDTH)
        for (int i = 0; i < PANEL_WIDTH; i++)
            to[k + i] = x;
}

#endif
