/* Loops over long lists of rows, for as many panels at a time as registers hold. */
#ifndef W2VFAST_REGISTER_TILES_H
#define W2VFAST_REGISTER_TILES_H

#include "_simd.h"

#if MAX_PANELS >= 8
#define EACH_PANEL_COUNT(f) f(1) f(2) f(3) f(4) f(5) f(6) f(7) f(8)
#elif MAX_PANELS >= 7
#define EACH_PANEL_COUNT(f) f(1) f(2) f(3) f(4) f(5) f(6) f(7)
#elif MAX_PANELS >= 6
#define EACH_PANEL_COUNT(f) f(1) f(2) f(3) f(4) f(5) f(6)
#elif MAX_PANELS >= 3
#define EACH_PANEL_COUNT(f) f(1) f(2) f(3)
#else
#define EACH_PANEL_COUNT(f) f(1)
#endif

/* Panels of a strip, if rows of `panels` are cut as evenly as can be. Mostly they are
 * not cut at all, and there is no division. */
INLINE ptrdiff_t panels_per_tile(ptrdiff_t panels)
{
    ptrdiff_t tiles = (panels + MAX_PANELS - 1) / MAX_PANELS;
    return panels <= MAX_PANELS ? panels : (panels + tiles - 1) / tiles;
}

/* case_of(many) is `case many: f(many, t, ...); break;`: `many` panels from the t-th
 * number of the rows on. */
#define FOR_REGISTER_TILES(size, case_of) \
    for (ptrdiff_t t = 0, tile_size = PANEL_WIDTH * panels_per_tile((size) / PANEL_WIDTH); t < (size); \
         t += tile_size) \
        switch ((t + tile_size < (size) ? tile_size : (size) - t) / PANEL_WIDTH) { \
            EACH_PANEL_COUNT(case_of) \
        }

#endif
