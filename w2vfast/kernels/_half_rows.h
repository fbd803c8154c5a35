/* Rows of an embedding matrix stored in float16 (IEEE 754 binary16); arithmetic is in
 * float32.
 *
 * `size` is the padded length of a row. Rounding is to the nearest, ties to even; it is
 * the same for all builds. CPUs without instructions for it get integer arithmetic.
 */
#ifndef W2VFAST_HALF_ROWS_H
#define W2VFAST_HALF_ROWS_H

#include "_rows.h"

#if defined(__AVX512F__) || defined(__F16C__)
#include <immintrin.h>
#elif defined(__aarch64__) && defined(__GNUC__)
#include <arm_neon.h>
#endif

#if VEC_WIDTH == 16 && defined(__AVX512F__)
INLINE vec widen(const uint16_t *x)
{
    return (vec)_mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)x));
}
INLINE void narrow(uint16_t *to, vec x)
{
    _mm256_storeu_si256((__m256i *)to, _mm512_cvtps_ph((__m512)x, 0));
}
#elif VEC_WIDTH == 8 && defined(__F16C__)
INLINE vec widen(const uint16_t *x)
{
    return (vec)_mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)x));
}
INLINE void narrow(uint16_t *to, vec x)
{
    _mm_storeu_si128((__m128i *)to, _mm256_cvtps_ph((__m256)x, 0));
}
#elif VEC_WIDTH == 4 && defined(__aarch64__) && defined(__GNUC__)
INLINE vec widen(const uint16_t *x)
{
    return (vec)vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16(x)));
}
INLINE void narrow(uint16_t *to, vec x)
{
    vst1_u16(to, vreinterpret_u16_f16(vcvt_f16_f32((float32x4_t)x)));
}
#else

#define EXPONENT_SHIFT 13           /* float32 has 23 bits of mantissa, float16 10 */
#define HALF_INFINITY 0x7c00
#define FLOAT_INFINITY 0x7f800000
#define OVERFLOW_BITS 0x47800000    /* 2^16: the least float that is too large */
#define LEAST_NORMAL_BITS 0x38800000 /* 2^-14 */
#define BIAS_CHANGE 0x38000000      /* 127 - 15, as the exponent of a float */

INLINE int32_t float_bits(float x) { int32_t y; memcpy(&y, &x, sizeof y); return y; }
INLINE float bits_float(int32_t x) { float y; memcpy(&y, &x, sizeof y); return y; }

/* Subnormal numbers become normal by a product, so no float is subnormal. */
INLINE float half_to_float(uint16_t x)
{
    int32_t magnitude = x & 0x7fff, sign = (int32_t)((uint32_t)(x & 0x8000) << 16);
    int32_t normal = (magnitude << EXPONENT_SHIFT) + BIAS_CHANGE;
    int32_t special = (magnitude << EXPONENT_SHIFT) | FLOAT_INFINITY;
    int32_t subnormal = float_bits((float)magnitude * 5.9604644775390625e-8f); /* 2^-24 */
    int32_t bits = magnitude >= HALF_INFINITY ? special
        : magnitude >= 1 << 10 ? normal : subnormal;
    return bits_float(bits | sign);
}

INLINE uint16_t float_to_half(float x)
{
    int32_t all = float_bits(x), bits = all & 0x7fffffff;
    int32_t normal = bits - BIAS_CHANGE;
    /* Adding 0.5 leaves as many bits as a subnormal half has, rounded. */
    int32_t subnormal = float_bits(bits_float(bits) + 0.5f) - 0x3f000000;
    int32_t special = bits > FLOAT_INFINITY ? 0x7e00 : HALF_INFINITY;
    int32_t rounded = (normal + 0xfff + ((normal >> EXPONENT_SHIFT) & 1))
        >> EXPONENT_SHIFT;
    int32_t half = bits >= OVERFLOW_BITS ? special
        : bits >= LEAST_NORMAL_BITS ? rounded : subnormal;
    return (uint16_t)(half | ((all >> 16) & 0x8000));
}

INLINE vec widen(const uint16_t *x)
{
    float y[VEC_WIDTH];
    for (int i = 0; i < VEC_WIDTH; i++)
        y[i] = half_to_float(x[i]);
    return load(y);
}
INLINE void narrow(uint16_t *to, vec x)
{
    float y[VEC_WIDTH];
    store(y, x);
    for (int i = 0; i < VEC_WIDTH; i++)
        to[i] = float_to_half(y[i]);
}
#endif

/* to = from; return |from|^2. */
static float widen_row(float *to, const uint16_t *from, ptrdiff_t size)
{
    vec acc = SPLAT(0.0f);
    for (ptrdiff_t t = 0; t < size; t += VEC_WIDTH) {
        vec x = widen(from + t);
        store(to + t, x);
        acc += x * x;
    }
    return hsum(acc);
}

/* y += a x, rounded. A number too large for float16 becomes infinite. */
static void half_axpy(uint16_t *y, const float *x, float a, ptrdiff_t size)
{
    for (ptrdiff_t t = 0; t < size; t += VEC_WIDTH)
        narrow(y + t, widen(y + t) + a * load(x + t));
}

/* Prefetch a row. */
static void prefetch_half_row(const uint16_t *row, ptrdiff_t size)
{
    for (ptrdiff_t t = 0; t < size; t += 2 * PANEL_WIDTH)
        PREFETCH(row + t);
    PREFETCH(row + size - 1); /* rows need not begin at a cache line */
}

#endif
