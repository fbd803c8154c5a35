/* The four small products and the logistic term that every objective is made of.
 *
 * Written once with the vector extensions of GCC and Clang: WIDTH floats a vector,
 * LANES floats a panel, and rows that are padded with zeros to a multiple of LANES.
 * Where those extensions do not exist (MSVC), WIDTH is 1 and these are plain loops.
 */
#ifndef W2VFAST_SIMD_H
#define W2VFAST_SIMD_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define LANES 16
/* TILE rows of a product, or STRIP panels of a row, fill the registers. */
#if defined(__AVX512F__)
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
#elif defined(__GNUC__)
#define WIDTH 4
#define TILE 3
#define STRIP 3
#else
#define WIDTH 1
#define TILE 1
#define STRIP 1
#endif
#define PANEL (LANES / WIDTH)

#if defined(__GNUC__)
#define INLINE static inline __attribute__((always_inline))
#define PREFETCH(p) __builtin_prefetch((p), 0, 2)
typedef float vec __attribute__((vector_size(4 * WIDTH), may_alias));
typedef float vec_u __attribute__((vector_size(4 * WIDTH), may_alias, aligned(4)));
typedef int32_t ivec __attribute__((vector_size(4 * WIDTH), may_alias));
#define ALL(x) ((vec)((x) - (vec){0}))
#define TO_INT(x) __builtin_convertvector((x), ivec)
#define TO_FLOAT(x) __builtin_convertvector((x), vec)
#define AS_FLOAT(x) ((vec)(x))
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
#define AS_FLOAT(x) as_float(x)
#define CHOOSE(c, a, b) ((c) ? (a) : (b))
#endif

INLINE vec load(const float *p) { return *(const vec_u *)p; }
INLINE void store(float *p, vec x) { *(vec_u *)p = x; }

#if WIDTH == 16
#define LANE_NUMBERS(k) 0 ^ k, 1 ^ k, 2 ^ k, 3 ^ k, 4 ^ k, 5 ^ k, 6 ^ k, 7 ^ k, 8 ^ k, \
    9 ^ k, 10 ^ k, 11 ^ k, 12 ^ k, 13 ^ k, 14 ^ k, 15 ^ k
#elif WIDTH == 8
#define LANE_NUMBERS(k) 0 ^ k, 1 ^ k, 2 ^ k, 3 ^ k, 4 ^ k, 5 ^ k, 6 ^ k, 7 ^ k
#else
#define LANE_NUMBERS(k) 0 ^ k, 1 ^ k, 2 ^ k, 3 ^ k
#endif
#if defined(__clang__)
#define SWAPPED(x, k) __builtin_shufflevector(x, x, LANE_NUMBERS(k))
#define MIXED(x, y, ...) __builtin_shufflevector(x, y, __VA_ARGS__)
#else
#define SWAPPED(x, k) __builtin_shuffle(x, (ivec){LANE_NUMBERS(k)})
#define MIXED(x, y, ...) __builtin_shuffle(x, y, (four_numbers){__VA_ARGS__})
#endif
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

/* ---- products of rows that are picked by number ---- */

/* out[e] = h . Y[rows[e]] for `many` rows at once: h is loaded once for all. */
INLINE void dots_block(int many, const float *h, const float *Y, const int32_t *rows,
                       ptrdiff_t size, float *out)
{
    const float *y[4];
    vec acc[4];
    for (int e = 0; e < many; e++) {
        y[e] = Y + rows[e] * size;
        acc[e] = ALL(0.0f);
    }
    for (ptrdiff_t t = 0; t < size; t += WIDTH)
        for (int e = 0; e < many; e++)
            acc[e] += load(h + t) * load(y[e] + t);
    for (int e = 0; e < many; e++)
        out[e] = sum(acc[e]);
}

static void dots(const float *h, const float *Y, const int32_t *rows, int n,
                 ptrdiff_t size, float *out)
{
    int e = 0;
    for (; e + 4 <= n; e += 4)
        dots_block(4, h, Y, rows + e, size, out + e);
    if (n - e == 3)
        dots_block(3, h, Y, rows + e, size, out + e);
    else if (n - e == 2)
        dots_block(2, h, Y, rows + e, size, out + e);
    else if (n - e == 1)
        dots_block(1, h, Y, rows + e, size, out + e);
}

/* out[:many panels] = sum over e of weight[e] X[rows[e]][:many panels]; += if add */
INLINE void strip(int many, int add, float *out, const float *X, const int32_t *rows,
                  const float *weight, int n, ptrdiff_t size)
{
    vec acc[STRIP * PANEL];
    for (int v = 0; v < many * PANEL; v++)
        acc[v] = add ? load(out + v * WIDTH) : ALL(0.0f);
    for (int e = 0; e < n; e++) {
        const float *x = X + rows[e] * size;
        vec w = ALL(weight[e]);
        for (int v = 0; v < many * PANEL; v++)
            acc[v] += w * load(x + v * WIDTH);
    }
    for (int v = 0; v < many * PANEL; v++)
        store(out + v * WIDTH, acc[v]);
}

INLINE void any_strip(int many, int add, float *out, const float *X,
                      const int32_t *rows, const float *weight, int n, ptrdiff_t size)
{
    switch (many) {
#define CASE(m) case m: strip(m, add, out, X, rows, weight, n, size); break;
    CASE(1)
#if STRIP >= 3
    CASE(2) CASE(3)
#endif
#if STRIP >= 6
    CASE(4) CASE(5) CASE(6)
#endif
#if STRIP >= 7
    CASE(7)
#endif
#if STRIP >= 8
    CASE(8)
#endif
#undef CASE
    }
}

/* out = sum over e of weight[e] X[rows[e]], or out += that */
static void combine(int add, float *out, const float *X, const int32_t *rows,
                    const float *weight, int n, ptrdiff_t size)
{
    int panels = (int)(size / LANES), strips = (panels + STRIP - 1) / STRIP;
    for (int i = 0, from = 0; i < strips; i++) {
        int many = (panels - from + strips - i - 1) / (strips - i);
        any_strip(many, add, out + from * LANES, X + from * LANES, rows, weight, n,
                  size);
        from += many;
    }
}

/* ---- dense products ---- */

/* C (many, LANES) = A (many, depth) B (depth, LANES); A by strides. */
INLINE void tile(int many, float *C, ptrdiff_t c_row, const float *A, ptrdiff_t a_row,
                 ptrdiff_t a_col, const float *B, ptrdiff_t b_row, ptrdiff_t depth)
{
    vec acc[TILE][PANEL];
    for (int i = 0; i < many; i++)
        for (int v = 0; v < PANEL; v++)
            acc[i][v] = ALL(0.0f);
    for (ptrdiff_t k = 0; k < depth; k++) {
        vec b[PANEL];
        for (int v = 0; v < PANEL; v++)
            b[v] = load(B + k * b_row + v * WIDTH);
        for (int i = 0; i < many; i++) {
            vec a = ALL(A[i * a_row + k * a_col]);
            for (int v = 0; v < PANEL; v++)
                acc[i][v] += a * b[v];
        }
    }
    for (int i = 0; i < many; i++)
        for (int v = 0; v < PANEL; v++)
            store(C + i * c_row + v * WIDTH, acc[i][v]);
}

INLINE void transpose_block(float *to, ptrdiff_t to_row, const float *from,
                            ptrdiff_t from_row)
{
#if WIDTH == 1
    for (int i = 0; i < 4; i++)
        for (int k = 0; k < 4; k++)
            to[i * to_row + k] = from[k * from_row + i];
#else
    four a = *(const four *)from, b = *(const four *)(from + from_row);
    four c = *(const four *)(from + 2 * from_row);
    four d = *(const four *)(from + 3 * from_row);
    four ab = MIXED(a, b, 0, 4, 1, 5), cd = MIXED(c, d, 0, 4, 1, 5);
    four AB = MIXED(a, b, 2, 6, 3, 7), CD = MIXED(c, d, 2, 6, 3, 7);
    *(four *)to = MIXED(ab, cd, 0, 1, 4, 5);
    *(four *)(to + to_row) = MIXED(ab, cd, 2, 3, 6, 7);
    *(four *)(to + 2 * to_row) = MIXED(AB, CD, 0, 1, 4, 5);
    *(four *)(to + 3 * to_row) = MIXED(AB, CD, 2, 3, 6, 7);
#endif
}

INLINE void band(int many, float *C, ptrdiff_t c_row, const float *A, ptrdiff_t a_row,
                 ptrdiff_t a_col, const float *B, ptrdiff_t b_row, ptrdiff_t columns,
                 ptrdiff_t depth)
{
    for (ptrdiff_t t = 0; t < columns; t += LANES)
        tile(many, C + t, c_row, A, a_row, a_col, B + t, b_row, depth);
}

/* C (rows, columns) = A (rows, depth) B (depth, columns); columns % LANES == 0. */
static void product(float *C, ptrdiff_t c_row, const float *A, ptrdiff_t a_row,
                    ptrdiff_t a_col, const float *B, ptrdiff_t b_row,
                    ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t depth)
{
    ptrdiff_t i = 0;
    for (; i + TILE <= rows; i += TILE)
        band(TILE, C + i * c_row, c_row, A + i * a_row, a_row, a_col, B, b_row,
             columns, depth);
#if TILE > 8
    for (; i + 8 <= rows; i += 8)
        band(8, C + i * c_row, c_row, A + i * a_row, a_row, a_col, B, b_row,
             columns, depth);
#endif
#if TILE > 4
    for (; i + 4 <= rows; i += 4)
        band(4, C + i * c_row, c_row, A + i * a_row, a_row, a_col, B, b_row,
             columns, depth);
#endif
#if TILE > 2
    for (; i + 2 <= rows; i += 2)
        band(2, C + i * c_row, c_row, A + i * a_row, a_row, a_col, B, b_row,
             columns, depth);
#endif
    for (; i < rows; i++)
        band(1, C + i * c_row, c_row, A + i * a_row, a_row, a_col, B, b_row,
             columns, depth);
}

/* to (columns, rows) = from (rows, columns), both multiples of 4; 4 x 4 at a time */
static void transpose(float *to, const float *from, ptrdiff_t rows, ptrdiff_t columns)
{
    for (ptrdiff_t t = 0; t < columns; t += 4)
        for (ptrdiff_t k = 0; k < rows; k += 4)
            transpose_block(to + t * rows + k, rows, from + k * columns + t, columns);
}

/* ---- the logistic term ---- */

#define SATURATED 30.0f

/* e^x for -SATURATED <= x <= 0, relative error below 4e-7. */
INLINE vec exponential(vec x)
{
    const float ln2_high = 0.693359375f, ln2_low = -2.12194440e-4f;
    ivec n = TO_INT(x * 1.44269504f - 0.5f); /* x <= 0: truncation rounds */
    vec r = x - TO_FLOAT(n) * ln2_high - TO_FLOAT(n) * ln2_low;
    vec p = ALL(1.0f / 720);
    p = p * r + 1.0f / 120;
    p = p * r + 1.0f / 24;
    p = p * r + 1.0f / 6;
    p = p * r + 0.5f;
    p = p * r + 1.0f;
    p = p * r + 1.0f;
    return p * AS_FLOAT((n + 127) << 23);
}

/* log(1 + e) for 0 <= e <= 1, relative error below 4e-7 (Chebyshev, e p(e)). */
INLINE vec log_one_plus(vec e)
{
    vec p = ALL(-0.00837115254944365f);
    p = p * e + 0.04349389981533136f;
    p = p * e - 0.1068500286374956f;
    p = p * e + 0.17687476700423233f;
    p = p * e - 0.24474774178478675f;
    p = p * e + 0.332719283833915f;
    p = p * e - 0.4999717452300584f;
    p = p * e + 0.9999997807585044f;
    return p * e;
}

/* A score s, clamped: p = sigma(s), -log sigma(-s), and the curvature that bounds
 * the step: sigma' where s is on its right side, below 0. Above it sigma' vanishes
 * although the gradient is whole; there it is close to that of the parabola that
 * touches the loss in s and lies above it. */
INLINE void logistic(vec s, vec *p, vec *curvature, vec *loss)
{
    s = CHOOSE(s > SATURATED, ALL(SATURATED), s);
    s = CHOOSE(s < -SATURATED, ALL(-SATURATED), s);
    vec size = CHOOSE(s < 0.0f, -s, s);
    vec e = exponential(-size), r = 1.0f / ((1.0f + e) * (4.0f + size));
    vec q = r * (4.0f + size);
    *p = CHOOSE(s < 0.0f, e * q, q);
    *curvature = CHOOSE(s < 0.0f, e * q * q, r * (1.0f + e));
    *loss = log_one_plus(e) + CHOOSE(s < 0.0f, ALL(0.0f), s);
}

/* n positive pairs with scores s: s becomes 1 - sigma(s), slope its derivative.
 * Both arrays have room up to a multiple of LANES. Returns sum of -log sigma(s). */
static double attract(float *s, float *slope, int n)
{
    double total = 0;
    for (int e = 0; e < n; e += WIDTH) {
        vec p, k, loss;
        float each[WIDTH];
        logistic(-load(s + e), &p, &k, &loss);
        store(s + e, p);
        store(slope + e, k);
        memcpy(each, &loss, sizeof loss);
        for (int i = 0; i < WIDTH && e + i < n; i++)
            total += each[i];
    }
    return total;
}

/* One hidden row against n negatives (n % LANES == 0) with scores s, of which each
 * weighs omega share: s becomes -weight sigma(s), and what bounds the step, weight
 * curvature |other|^2, is added to *bound and to bounds[k]. Returns sum of
 * -weight log sigma(-s). */
static float repel(float *s, const float *omega, const float *share,
                   const float *norms, float norm, float *bounds, float *bound,
                   ptrdiff_t n)
{
    vec total = ALL(0.0f), h = ALL(0.0f);
    for (ptrdiff_t k = 0; k < n; k += WIDTH) {
        vec p, slope, loss, w = load(omega + k) * load(share + k);
        logistic(load(s + k), &p, &slope, &loss);
        slope *= w;
        store(s + k, -w * p);
        store(bounds + k, load(bounds + k) + slope * norm);
        h += slope * load(norms + k);
        total += w * loss;
    }
    *bound += sum(h);
    return sum(total);
}

/* ---- rows of the tables ---- */

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
