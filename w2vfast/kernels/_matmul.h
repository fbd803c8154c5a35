/* Matrix products: dot products of gathered rows, GEMM, transposition.
 *
 * Matrices are row-major floats. GEMM arguments are named as in BLAS and BLIS: ldb, ldc
 * are distances between rows; A has any strides rs_a (rows) and cs_a (columns), so that
 * a transposed A needs no copy.
 */
#ifndef W2VFAST_MATMUL_H
#define W2VFAST_MATMUL_H

#include "_simd.h"

/* ---- dot products with rows of Y picked by `index` ---- */

/* out[e] = H[e] . Y[index[e]] for e < count (1 or 4), or |Y[index[e]]|^2 if `squares`.
 * ldh: distance between rows of H; 0: one h for all. Columns from `used_size` on are
 * zero. */
INLINE void dot_tile(int count, int squares, const float *H, ptrdiff_t ldh,
                     const float *Y, const int32_t *index, ptrdiff_t size,
                     ptrdiff_t used_size, float *out)
{
    const float *left[4], *right[4];
    vec acc[STEP_VECS][4]; /* sums of consecutive vectors do not wait for each other */
    for (int e = 0; e < count; e++) {
        right[e] = Y + index[e] * size;
        left[e] = squares ? right[e] : H + e * ldh;
        for (int v = 0; v < STEP_VECS; v++)
            acc[v][e] = SPLAT(0.0f);
    }
    for (ptrdiff_t t = 0; t < used_size; t += STEP_WIDTH)
        for (int v = 0; v < STEP_VECS; v++)
            for (int e = 0; e < count; e++)
                acc[v][e] += load(left[e] + t + v * VEC_WIDTH)
                    * load(right[e] + t + v * VEC_WIDTH);
    for (int v = 1; v < STEP_VECS; v++)
        for (int e = 0; e < count; e++)
            acc[0][e] += acc[v][e];
    if (count == 4)
        hsum4(out, acc[0]);
    else
        out[0] = hsum(acc[0][0]);
}

/* The same for any n, four at a time. */
INLINE void gathered_dots(int squares, const float *H, ptrdiff_t ldh, const float *Y,
                          const int32_t *index, int n, ptrdiff_t size,
                          ptrdiff_t used_size, float *out)
{
    if (n < 4)
        for (int e = 0; e < n; e++)
            dot_tile(1, squares, H + e * ldh, 0, Y, index + e, size, used_size, out + e);
    else
        for (int e = 0; e < n; e += 4) {
            int i = e < n - 4 ? e : n - 4; /* the last four may overlap */
            dot_tile(4, squares, H + i * ldh, ldh, Y, index + i, size, used_size,
                     out + i);
        }
}

/* out[e] = h . Y[index[e]] */
static void dots(const float *h, const float *Y, const int32_t *index, int n,
                 ptrdiff_t size, ptrdiff_t used_size, float *out)
{
    gathered_dots(0, h, 0, Y, index, n, size, used_size, out);
}

/* out[e] = H[e] . Y[index[e]] */
static void rowwise_dots(const float *H, const float *Y, const int32_t *index, int n,
                         ptrdiff_t size, ptrdiff_t used_size, float *out)
{
    gathered_dots(0, H, size, Y, index, n, size, used_size, out);
}

/* out[e] = |Y[index[e]]|^2 */
static void squared_norms(const float *Y, const int32_t *index, int n, ptrdiff_t size,
                          float *out)
{
    gathered_dots(1, Y, 0, Y, index, n, size, size, out);
}

/* ---- GEMM: C (rows, columns) = A (rows, depth) B (depth, columns) ---- */

/* Register tile: C (count, vecs * VEC_WIDTH) = A B, or C += A B if `add`. */
INLINE void gemm_tile(int count, int vecs, int add, float *C, ptrdiff_t ldc,
                      const float *A, ptrdiff_t rs_a, ptrdiff_t cs_a, const float *B,
                      ptrdiff_t ldb, ptrdiff_t depth)
{
    vec acc[GEMM_ROWS][PANEL_VECS];
    for (int i = 0; i < count; i++)
        for (int v = 0; v < vecs; v++)
            acc[i][v] = add ? load(C + i * ldc + v * VEC_WIDTH) : SPLAT(0.0f);
    for (ptrdiff_t k = 0; k < depth; k++) {
        vec b[PANEL_VECS];
        for (int v = 0; v < vecs; v++)
            b[v] = load(B + k * ldb + v * VEC_WIDTH);
        for (int i = 0; i < count; i++) {
            if (RELOAD_B)
                COMPILER_BARRIER();
            else if (i == GEMM_ROWS / 2)
                LOAD_BARRIER();
            vec a = SPLAT(A[i * rs_a + k * cs_a]);
            for (int v = 0; v < vecs; v++)
                acc[i][v] += a * (RELOAD_B ? load(B + k * ldb + v * VEC_WIDTH) : b[v]);
        }
    }
    for (int i = 0; i < count; i++)
        for (int v = 0; v < vecs; v++)
            store(C + i * ldc + v * VEC_WIDTH, acc[i][v]);
}

/* to = from^T for 4 x 4 floats; to_row, from_row: distance between rows. */
INLINE void transpose_4x4(float *to, ptrdiff_t to_row, const float *from,
                          ptrdiff_t from_row)
{
#if VEC_WIDTH == 1
    for (int i = 0; i < 4; i++)
        for (int k = 0; k < 4; k++)
            to[i * to_row + k] = from[k * from_row + i];
#else
    vec4 a = *(const vec4 *)from, b = *(const vec4 *)(from + from_row);
    vec4 c = *(const vec4 *)(from + 2 * from_row);
    vec4 d = *(const vec4 *)(from + 3 * from_row);
    vec4 ab = SHUFFLE(a, b, 0, 4, 1, 5), cd = SHUFFLE(c, d, 0, 4, 1, 5);
    vec4 AB = SHUFFLE(a, b, 2, 6, 3, 7), CD = SHUFFLE(c, d, 2, 6, 3, 7);
    *(vec4 *)to = SHUFFLE(ab, cd, 0, 1, 4, 5);
    *(vec4 *)(to + to_row) = SHUFFLE(ab, cd, 2, 3, 6, 7);
    *(vec4 *)(to + 2 * to_row) = SHUFFLE(AB, CD, 0, 1, 4, 5);
    *(vec4 *)(to + 3 * to_row) = SHUFFLE(AB, CD, 2, 3, 6, 7);
#endif
}

/* `count` rows of C, all columns. */
INLINE void gemm_row_tile(int count, int add, float *C, ptrdiff_t ldc, const float *A,
                          ptrdiff_t rs_a, ptrdiff_t cs_a, const float *B,
                          ptrdiff_t ldb, ptrdiff_t columns, ptrdiff_t depth)
{
    ptrdiff_t t = 0;
    for (; t + PANEL_WIDTH <= columns; t += PANEL_WIDTH)
        gemm_tile(count, PANEL_VECS, add, C + t, ldc, A, rs_a, cs_a, B + t, ldb, depth);
    if (STEP_WIDTH < PANEL_WIDTH && t < columns)
        gemm_tile(count, STEP_VECS, add, C + t, ldc, A, rs_a, cs_a, B + t, ldb, depth);
}

/* C = A B, or C += A B if `add`, for a B that fits into the caches;
 * columns % STEP_WIDTH == 0. The last 8 rows are two tiles of 4: a tile of 2 has so few
 * accumulators that each addition waits for the one before. */
static void gemm_small(int add, float *C, ptrdiff_t ldc, const float *A, ptrdiff_t rs_a,
                       ptrdiff_t cs_a, const float *B, ptrdiff_t ldb, ptrdiff_t rows,
                       ptrdiff_t columns, ptrdiff_t depth)
{
    ptrdiff_t i = 0;
#define ROW_TILES(count) \
    for (; i + count <= rows && !(count == 6 && rows - i == 8); i += count) \
        gemm_row_tile(count, add, C + i * ldc, ldc, A + i * rs_a, rs_a, cs_a, B, ldb, \
                      columns, depth);
    ROW_TILES(GEMM_ROWS)
#if GEMM_ROWS > 8
    ROW_TILES(8)
#endif
#if GEMM_ROWS > 4
    ROW_TILES(4)
#endif
#if GEMM_ROWS > 2
    ROW_TILES(2)
#endif
    ROW_TILES(1)
#undef ROW_TILES
}

#define GEMM_DEPTH 256 /* rows of a packed panel, 16 kB: half of a 32 kB L1 cache */

/* The same for a large B: GEMM_DEPTH rows of one panel of B at a time are packed into
 * `packed` (GEMM_DEPTH, PANEL_WIDTH), which stays in the L1 cache. */
static void gemm(int add, float *C, ptrdiff_t ldc, const float *A, ptrdiff_t rs_a,
                 ptrdiff_t cs_a, const float *B, ptrdiff_t ldb, ptrdiff_t rows,
                 ptrdiff_t columns, ptrdiff_t depth, float *packed)
{
    for (ptrdiff_t k = 0; k < depth; k += GEMM_DEPTH) {
        ptrdiff_t part = depth - k < GEMM_DEPTH ? depth - k : GEMM_DEPTH;
        for (ptrdiff_t t = 0; t < columns; t += PANEL_WIDTH) {
            for (ptrdiff_t j = 0; j < part; j++)
                memcpy(packed + j * PANEL_WIDTH, B + (k + j) * ldb + t,
                       PANEL_WIDTH * sizeof(float));
            gemm_small(add || k, C + t, ldc, A + k * cs_a, rs_a, cs_a, packed,
                       PANEL_WIDTH, rows, PANEL_WIDTH, part);
        }
    }
}

/* to (columns, rows) = from^T, from (rows, columns); both multiples of 4. */
static void transpose(float *to, const float *from, ptrdiff_t rows, ptrdiff_t columns)
{
    for (ptrdiff_t t = 0; t < columns; t += 4)
        for (ptrdiff_t k = 0; k < rows; k += 4)
            transpose_4x4(to + t * rows + k, rows, from + k * columns + t, columns);
}

#endif
