/* Loop over the columns of matrices in tiles whose accumulators fit into registers.
 *
 * A tile is up to MAX_PANELS panels wide. The number of panels is a compile-time
 * constant in each case of the switch, so that accumulators are registers.
 */
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

/* Width of a tile in panels: rows of `panels` panels are divided as evenly as possible.
 * Usually one tile is enough, and no division is done. */
INLINE ptrdiff_t panels_per_tile(ptrdiff_t panels)
{
    ptrdiff_t tiles = (panels + MAX_PANELS - 1) / MAX_PANELS;
    return panels <= MAX_PANELS ? panels : (panels + tiles - 1) / tiles;
}

/* For each tile of a row of `size` floats: t is its first column, and case_of(panels)
 * expands to `case panels: f(panels, t, ...); break;`. */
#define FOR_REGISTER_TILES(size, case_of) \
    for (ptrdiff_t t = 0, \
             tile_size = PANEL_WIDTH * panels_per_tile((size) / PANEL_WIDTH); \
         t < (size); t += tile_size) \
        switch ((t + tile_size < (size) ? tile_size : (size) - t) / PANEL_WIDTH) { \
            EACH_PANEL_COUNT(case_of) \
        }

#endif
