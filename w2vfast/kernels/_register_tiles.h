/* Loops over long lists of rows, for as many panels at a time as registers hold. */
#ifndef W2VFAST_REGISTER_TILES_H
#define W2VFAST_REGISTER_TILES_H

#include "_simd.h"

#if STRIP >= 8
#define EACH_WIDTH(f) f(1) f(2) f(3) f(4) f(5) f(6) f(7) f(8)
#elif STRIP >= 7
#define EACH_WIDTH(f) f(1) f(2) f(3) f(4) f(5) f(6) f(7)
#elif STRIP >= 6
#define EACH_WIDTH(f) f(1) f(2) f(3) f(4) f(5) f(6)
#elif STRIP >= 3
#define EACH_WIDTH(f) f(1) f(2) f(3)
#else
#define EACH_WIDTH(f) f(1)
#endif

/* Panels of a strip, if rows of `panels` are cut as evenly as can be. Mostly they are
 * not cut at all, and there is no division. */
INLINE ptrdiff_t strip_of(ptrdiff_t panels)
{
    ptrdiff_t strips = (panels + STRIP - 1) / STRIP;
    return panels <= STRIP ? panels : (panels + strips - 1) / strips;
}

/* case_of(many) is `case many: f(many, t, ...); break;`: `many` panels from the t-th
 * number of the rows on. */
#define IN_STRIPS(size, case_of) \
    for (ptrdiff_t t = 0, most = LANES * strip_of((size) / LANES); t < (size); \
         t += most) \
        switch ((t + most < (size) ? most : (size) - t) / LANES) { \
            EACH_WIDTH(case_of) \
        }

#endif
