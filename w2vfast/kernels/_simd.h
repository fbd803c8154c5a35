/* Vectors of floats, by the vector extensions of GCC and Clang.
 *
 * WIDTH floats a vector, LANES floats a panel; rows of tables are padded with zeros to
 * a multiple of LANES. Where those extensions do not exist (MSVC), WIDTH is 1 and all
 * that is built from this is plain loops.
 */
#ifndef W2VFAST_SIMD_H
#define W2VFAST_SIMD_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define LANES 16
/* TILE rows of a product, or STRIP panels of a row, fill the registers. */
#if !defined(__GNUC__)
#define WIDTH 1
#define TILE 1
#define STRIP 1
#elif defined(__AVX512F__)
#define WIDTH 16
#define TILE 12
#define STRIP 8
#elif defined(__AVX2__)
#define WIDTH 8
#define TILE 6
#define STRIP 7
#elif defined(__aarch64__)
#define WIDTH 4
#define TILE 6
#define STRIP 6
#else
#define WIDTH 4
#define TILE 3
#define STRIP 3
#endif
#define PANEL (LANES / WIDTH)

#if defined(__GNUC__)
#define INLINE static inline __attribute__((always_inline))
/* The empty statement keeps compilers from dropping functions that do nothing else. */
#define PREFETCH(p) \
    do { __builtin_prefetch((p), 0, 3); __asm__ volatile(""); } while (0)
typedef float vec __attribute__((vector_size(4 * WIDTH), may_alias));
typedef float vec_u __attribute__((vector_size(4 * WIDTH), may_alias, aligned(4)));
typedef int32_t ivec __attribute__((vector_size(4 * WIDTH), may_alias));
#define ALL(x) ((vec)((x) - (vec){0}))
#define TO_INT(x) __builtin_convertvector((x), ivec)
#define TO_FLOAT(x) __builtin_convertvector((x), vec)
#define AS_FLOAT(x) ((vec)(x))
#define AS_INT(x) ((ivec)(x))
#define CHOOSE(c, a, b) ((vec)(((c) & (ivec)(a)) | (~(c) & (ivec)(b))))
#else
#define INLINE static __inline
#define PREFETCH(p) ((void)(p))
typedef float vec;
typedef float vec_u;
typedef int32_t ivec;
#define ALL(x) (x)
#define TO_INT(x) ((ivec)(x))
#define TO_FLOAT(x) ((vec)(x))
INLINE vec as_float(ivec x) { vec y; memcpy(&y, &x, sizeof y); return y; }
INLINE ivec as_int(vec x) { ivec y; memcpy(&y, &x, sizeof y); return y; }
#define AS_FLOAT(x) as_float(x)
#define AS_INT(x) as_int(x)
#define CHOOSE(c, a, b) ((c) ? (a) : (b))
#endif

INLINE vec load(const float *p) { return *(const vec_u *)p; }
INLINE void store(float *p, vec x) { *(vec_u *)p = x; }

/* f(lane, k) for every lane */
#if WIDTH == 16
#define EACH_LANE(f, k) f(0, k), f(1, k), f(2, k), f(3, k), f(4, k), f(5, k), f(6, k), \
    f(7, k), f(8, k), f(9, k), f(10, k), f(11, k), f(12, k), f(13, k), f(14, k), \
    f(15, k)
#elif WIDTH == 8
#define EACH_LANE(f, k) f(0, k), f(1, k), f(2, k), f(3, k), f(4, k), f(5, k), f(6, k), \
    f(7, k)
#else
#define EACH_LANE(f, k) f(0, k), f(1, k), f(2, k), f(3, k)
#endif
#define SWAP(i, k) ((i) ^ (k))
#define OWN(i, k) ((i) & (k) ? WIDTH + (i) : (i))
#define OTHER(i, k) (OWN(i, k) ^ (k))
#if defined(__clang__)
#define BLENDED(x, y, f, k) __builtin_shufflevector(x, y, EACH_LANE(f, k))
#define MIXED(x, y, ...) __builtin_shufflevector(x, y, __VA_ARGS__)
#else
#define BLENDED(x, y, f, k) __builtin_shuffle(x, y, (ivec){EACH_LANE(f, k)})
#define MIXED(x, y, ...) __builtin_shuffle(x, y, (four_numbers){__VA_ARGS__})
#endif
#define SWAPPED(x, k) BLENDED(x, x, SWAP, k)
/* Half of the lanes, those with bit k unset, are sums of two lanes of x, the others
 * of y. */
#define FOLDED(x, y, k) (BLENDED(x, y, OWN, k) + BLENDED(x, y, OTHER, k))
#if WIDTH > 1
typedef float four __attribute__((vector_size(16), may_alias, aligned(4)));
typedef int32_t four_numbers __attribute__((vector_size(16)));
#endif

INLINE float sum(vec x)
{
#if WIDTH == 1
    return x;
#else
#if WIDTH > 8
    x += SWAPPED(x, 8);
#endif
#if WIDTH > 4
    x += SWAPPED(x, 4);
#endif
    x += SWAPPED(x, 2);
    x += SWAPPED(x, 1);
    return x[0];
#endif
}

/* out[e] = the sum of x[e], for four: fewer shuffles than four times one */
INLINE void four_sums(float *out, const vec *x)
{
#if WIDTH == 1
    memcpy(out, x, 4 * sizeof *out);
#else
    enum { half = WIDTH / 2, quarter = WIDTH / 4 };
    vec even = FOLDED(x[0], x[2], half), odd = FOLDED(x[1], x[3], half);
    vec all = FOLDED(even, odd, quarter);
#if WIDTH > 8
    all += SWAPPED(all, 2);
#endif
#if WIDTH > 4
    all += SWAPPED(all, 1);
#endif
    for (int e = 0; e < 4; e++)
        out[e] = all[e * quarter];
#endif
}

#endif
