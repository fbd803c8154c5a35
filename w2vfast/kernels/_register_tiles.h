/* Loop over the columns of matrices in tiles whose accumulators fit into registers.
 *
 * A tile is up to MAX_STEPS steps wide. The number of steps is a compile-time constant
 * in each case of the switch, so that accumulators are registers.
 */
#ifndef W2VFAST_REGISTER_TILES_H
#define W2VFAST_REGISTER_TILES_H

#include "_simd.h"

#if VEC_WIDTH == PANEL_WIDTH
#define EACH_STEP_COUNT(f) f(1) f(2) f(3) f(4) f(5) f(6) f(7) f(8)
#elif MAX_PANELS >= 7
#define EACH_STEP_COUNT(f) f(1) f(2) f(3) f(4) f(5) f(6) f(7) f(8) f(9) f(10) f(11) \
    f(12) f(13) f(14)
#elif MAX_PANELS >= 4
#define EACH_STEP_COUNT(f) f(1) f(2) f(3) f(4) f(5) f(6) f(7) f(8)
#elif MAX_PANELS >= 3
#define EACH_STEP_COUNT(f) f(1) f(2) f(3) f(4) f(5) f(6)
#else
#define EACH_STEP_COUNT(f) f(1) f(2)
#endif

/* Width of a tile in steps: rows of `steps` steps are divided as evenly as possible.
 * Usually one tile is enough, and no division is done. */
INLINE ptrdiff_t steps_per_tile(ptrdiff_t steps)
{
    ptrdiff_t tiles = (steps + MAX_STEPS - 1) / MAX_STEPS;
    return steps <= MAX_STEPS ? steps : (steps + tiles - 1) / tiles;
}

/* For each tile of the first `size` floats of a row: t is its first column, and
 * case_of(steps) expands to `case steps: f(steps, t, ...); break;`. */
#define FOR_REGISTER_TILES(size, case_of) \
    for (ptrdiff_t t = 0, \
             tile_size = STEP_WIDTH * steps_per_tile((size) / STEP_WIDTH); \
         t < (size); t += tile_size) \
        switch ((t + tile_size < (size) ? tile_size : (size) - t) / STEP_WIDTH) { \
            EACH_STEP_COUNT(case_of) \
        }

#endif
