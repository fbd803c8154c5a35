/* SIMD vectors of floats, built on the vector extensions of GCC and Clang.
 *
 * vec          VEC_WIDTH floats in one register
 * panel        PANEL_WIDTH = 16 floats (one cache line), held in PANEL_VECS vectors
 * GEMM_ROWS    rows of the register tile of a matrix product (_matmul.h)
 * RELOAD_B     whether each row of that tile loads B again, for want of registers
 * MAX_PANELS   panels of one row that fit into the registers (_register_tiles.h)
 * STEP_WIDTH   columns of rows are processed in multiples of it: half a panel, or one
 *              vector if that is wider; held in STEP_VECS vectors
 *
 * Rows of matrices are padded with zeros to a multiple of PANEL_WIDTH, so no loop has
 * a remainder. Most loops end at the vector size, rounded up to a multiple of
 * STEP_WIDTH: the rest of a row is zero and stays zero. Other compilers (MSVC) get
 * VEC_WIDTH 1: the same code as scalar loops. clang-cl is Clang without __GNUC__.
 */
#ifndef W2VFAST_SIMD_H
#define W2VFAST_SIMD_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define PANEL_WIDTH 16
#if !defined(__GNUC__) && !defined(__clang__)
#define VEC_WIDTH 1
#define GEMM_ROWS 1
#define MAX_PANELS 1
#elif defined(__AVX512F__)
#define VEC_WIDTH 16
#define GEMM_ROWS 12
#define MAX_PANELS 8
#elif defined(__AVX2__)
#define VEC_WIDTH 8
#define GEMM_ROWS 6
#define MAX_PANELS 7
#elif defined(__aarch64__)
#define VEC_WIDTH 4
#define GEMM_ROWS 6
#define MAX_PANELS 4 /* 16 vectors: GCC does not unroll longer loops completely */
#else
#define VEC_WIDTH 4
#define GEMM_ROWS 3
#define MAX_PANELS 3
#if defined(__clang__) && defined(__SSE2__) /* 12 of 16 registers are accumulators */
#define RELOAD_B 1
#endif
#endif
#ifndef RELOAD_B
#define RELOAD_B 0
#endif
#define PANEL_VECS (PANEL_WIDTH / VEC_WIDTH)
#define STEP_WIDTH (VEC_WIDTH > PANEL_WIDTH / 2 ? VEC_WIDTH : PANEL_WIDTH / 2)
#define STEP_VECS (STEP_WIDTH / VEC_WIDTH)
#define MAX_STEPS (MAX_PANELS * PANEL_VECS / STEP_VECS)

#if defined(__GNUC__) || defined(__clang__)
#define INLINE static inline __attribute__((always_inline))
/* The empty asm keeps compilers from removing functions that only prefetch. */
#define PREFETCH(p) \
    do { __builtin_prefetch((p), 0, 3); __asm__ volatile(""); } while (0)
/* Compilers may load all factors of a register tile before they use the first, so that
 * accumulators are spilled: GCC for aarch64 does, and Clang for SSE2 (RELOAD_B). Loads
 * stay on their side of a barrier. */
#define COMPILER_BARRIER() __asm__ volatile("" ::: "memory")
#if defined(__aarch64__) && !defined(__clang__)
#define LOAD_BARRIER() COMPILER_BARRIER()
#else
#define LOAD_BARRIER() ((void)0)
#endif
typedef float vec __attribute__((vector_size(4 * VEC_WIDTH), may_alias));
/* unaligned, for loads and stores */
typedef float vec_u __attribute__((vector_size(4 * VEC_WIDTH), may_alias, aligned(4)));
typedef int32_t ivec __attribute__((vector_size(4 * VEC_WIDTH), may_alias));
#define SPLAT(x) ((vec)((x) - (vec){0})) /* x in every lane */
#define TO_INT(x) __builtin_convertvector((x), ivec)
#define TO_FLOAT(x) __builtin_convertvector((x), vec)
#define AS_FLOAT(x) ((vec)(x))
#define AS_INT(x) ((ivec)(x))
/* a in the lanes where c is true, else b */
#define SELECT(c, a, b) ((vec)(((c) & (ivec)(a)) | (~(c) & (ivec)(b))))
#else
#define INLINE static __inline
#define PREFETCH(p) ((void)(p))
#define COMPILER_BARRIER() ((void)0)
#define LOAD_BARRIER() ((void)0)
typedef float vec;
typedef float vec_u;
typedef int32_t ivec;
#define SPLAT(x) (x)
#define TO_INT(x) ((ivec)(x))
#define TO_FLOAT(x) ((vec)(x))
INLINE vec as_float(ivec x) { vec y; memcpy(&y, &x, sizeof y); return y; }
INLINE ivec as_int(vec x) { ivec y; memcpy(&y, &x, sizeof y); return y; }
#define AS_FLOAT(x) as_float(x)
#define AS_INT(x) as_int(x)
#define SELECT(c, a, b) ((c) ? (a) : (b))
#endif

INLINE vec load(const float *p) { return *(const vec_u *)p; }
INLINE void store(float *p, vec x) { *(vec_u *)p = x; }

/* f(lane, k) for every lane: the index vector of a shuffle */
#if VEC_WIDTH == 16
#define LANE_INDICES(f, k) f(0, k), f(1, k), f(2, k), f(3, k), f(4, k), f(5, k), \
    f(6, k), f(7, k), f(8, k), f(9, k), f(10, k), f(11, k), f(12, k), f(13, k), \
    f(14, k), f(15, k)
#elif VEC_WIDTH == 8
#define LANE_INDICES(f, k) f(0, k), f(1, k), f(2, k), f(3, k), f(4, k), f(5, k), \
    f(6, k), f(7, k)
#else
#define LANE_INDICES(f, k) f(0, k), f(1, k), f(2, k), f(3, k)
#endif
#define XOR_INDEX(i, k) ((i) ^ (k))
#define SAME_INDEX(i, k) ((i) & (k) ? VEC_WIDTH + (i) : (i))
#define PARTNER_INDEX(i, k) (SAME_INDEX(i, k) ^ (k))
#if defined(__clang__)
#define PERMUTE(x, y, f, k) __builtin_shufflevector(x, y, LANE_INDICES(f, k))
#define SHUFFLE(x, y, ...) __builtin_shufflevector(x, y, __VA_ARGS__)
#else
#define PERMUTE(x, y, f, k) __builtin_shuffle(x, y, (ivec){LANE_INDICES(f, k)})
#define SHUFFLE(x, y, ...) __builtin_shuffle(x, y, (ivec4){__VA_ARGS__})
#endif
/* lane i gets x[i ^ k] */
#define SHUFFLE_XOR(x, k) PERMUTE(x, x, XOR_INDEX, k)
/* Lane i gets the sum of lanes i and i ^ k: of x where bit k of i is 0, else of y. */
#define PAIRWISE_SUM(x, y, k) \
    (PERMUTE(x, y, SAME_INDEX, k) + PERMUTE(x, y, PARTNER_INDEX, k))
#if VEC_WIDTH > 1
typedef float vec4 __attribute__((vector_size(16), may_alias, aligned(4)));
typedef int32_t ivec4 __attribute__((vector_size(16)));
#endif

/* Horizontal sum: all lanes of x. */
INLINE float hsum(vec x)
{
#if VEC_WIDTH == 1
    return x;
#else
#if VEC_WIDTH > 8
    x += SHUFFLE_XOR(x, 8);
#endif
#if VEC_WIDTH > 4
    x += SHUFFLE_XOR(x, 4);
#endif
    x += SHUFFLE_XOR(x, 2);
    x += SHUFFLE_XOR(x, 1);
    return x[0];
#endif
}

/* out[e] = hsum(x[e]) for e < 4, with fewer shuffles than four calls of hsum */
INLINE void hsum4(float *out, const vec *x)
{
#if VEC_WIDTH == 1
    memcpy(out, x, 4 * sizeof *out);
#else
    enum { half = VEC_WIDTH / 2, quarter = VEC_WIDTH / 4 };
    vec even = PAIRWISE_SUM(x[0], x[2], half), odd = PAIRWISE_SUM(x[1], x[3], half);
    vec all = PAIRWISE_SUM(even, odd, quarter);
#if VEC_WIDTH > 8
    all += SHUFFLE_XOR(all, 2);
#endif
#if VEC_WIDTH > 4
    all += SHUFFLE_XOR(all, 1);
#endif
    for (int e = 0; e < 4; e++)
        out[e] = all[e * quarter];
#endif
}

#endif
