/* The products of rows that every objective is made of: sparse, and dense. */
#ifndef W2VFAST_MATMUL_H
#define W2VFAST_MATMUL_H

#include "_simd.h"

/* ---- sparse: rows that are picked by number ---- */

/* out[e] = H[e] . Y[y[e]] for `many` pairs of rows at once. h_row 0: of one h with
 * each; no H: of each with itself. */
INLINE void dots_block(int many, const float *H, ptrdiff_t h_row, const float *Y,
                       const int32_t *y, ptrdiff_t size, float *out)
{
    const float *rows[4];
    vec acc[4];
    for (int e = 0; e < many; e++) {
        rows[e] = Y + y[e] * size;
        acc[e] = ALL(0.0f);
    }
    for (ptrdiff_t t = 0; t < size; t += WIDTH)
        for (int e = 0; e < many; e++)
            acc[e] += load((H ? H + e * h_row : rows[e]) + t) * load(rows[e] + t);
    if (many == 4)
        four_sums(out, acc);
    else
        out[0] = sum(acc[0]);
}

INLINE void any_dots(const float *H, ptrdiff_t h_row, const float *Y, const int32_t *y,
                     int n, ptrdiff_t size, float *out)
{
    if (n < 4)
        for (int e = 0; e < n; e++)
            dots_block(1, H ? H + e * h_row : H, 0, Y, y + e, size, out + e);
    else
        for (int e = 0; e < n; e += 4) {
            int i = e < n - 4 ? e : n - 4; /* the last ones may be taken twice */
            dots_block(4, H ? H + i * h_row : H, h_row, Y, y + i, size, out + i);
        }
}

/* out[e] = h . Y[y[e]] */
static void dots(const float *h, const float *Y, const int32_t *y, int n,
                 ptrdiff_t size, float *out)
{
    any_dots(h, 0, Y, y, n, size, out);
}

/* out[e] = H[e] . Y[y[e]] */
static void dots_in_turn(const float *H, const float *Y, const int32_t *y, int n,
                         ptrdiff_t size, float *out)
{
    any_dots(H, size, Y, y, n, size, out);
}

/* out[e] = the square of the length of Y[y[e]] */
static void squares(const float *Y, const int32_t *y, int n, ptrdiff_t size, float *out)
{
    any_dots(NULL, 0, Y, y, n, size, out);
}

/* ---- dense ---- */

/* C (many, LANES) = A (many, depth) B (depth, LANES), or C += that; A by strides. */
INLINE void tile(int many, int add, float *C, ptrdiff_t c_row, const float *A,
                 ptrdiff_t a_row, ptrdiff_t a_col, const float *B, ptrdiff_t b_row,
                 ptrdiff_t depth)
{
    vec acc[TILE][PANEL];
    for (int i = 0; i < many; i++)
        for (int v = 0; v < PANEL; v++)
            acc[i][v] = add ? load(C + i * c_row + v * WIDTH) : ALL(0.0f);
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

INLINE void band(int many, int add, float *C, ptrdiff_t c_row, const float *A,
                 ptrdiff_t a_row, ptrdiff_t a_col, const float *B, ptrdiff_t b_row,
                 ptrdiff_t columns, ptrdiff_t depth)
{
    for (ptrdiff_t t = 0; t < columns; t += LANES)
        tile(many, add, C + t, c_row, A, a_row, a_col, B + t, b_row, depth);
}

/* C (rows, columns) = A (rows, depth) B (depth, columns), or C += that;
 * columns % LANES == 0. */
static void product(int add, float *C, ptrdiff_t c_row, const float *A,
                    ptrdiff_t a_row, ptrdiff_t a_col, const float *B, ptrdiff_t b_row,
                    ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t depth)
{
    ptrdiff_t i = 0;
#define BANDS(many) \
    for (; i + many <= rows; i += many) \
        band(many, add, C + i * c_row, c_row, A + i * a_row, a_row, a_col, B, b_row, \
             columns, depth);
    BANDS(TILE)
#if TILE > 8
    BANDS(8)
#endif
#if TILE > 4
    BANDS(4)
#endif
#if TILE > 2
    BANDS(2)
#endif
    BANDS(1)
#undef BANDS
}

#define DEPTH 256

/* The same for large B: a panel of it at a time, packed into `panel`, which has room
 * for DEPTH x LANES and stays in the first cache. */
static void large_product(int add, float *C, ptrdiff_t c_row, const float *A,
                          ptrdiff_t a_row, ptrdiff_t a_col, const float *B,
                          ptrdiff_t b_row, ptrdiff_t rows, ptrdiff_t columns,
                          ptrdiff_t depth, float *panel)
{
    for (ptrdiff_t k = 0; k < depth; k += DEPTH) {
        ptrdiff_t deep = depth - k < DEPTH ? depth - k : DEPTH;
        for (ptrdiff_t t = 0; t < columns; t += LANES) {
            for (ptrdiff_t j = 0; j < deep; j++)
                memcpy(panel + j * LANES, B + (k + j) * b_row + t,
                       LANES * sizeof(float));
            product(add || k, C + t, c_row, A + k * a_col, a_row, a_col, panel, LANES,
                    rows, LANES, deep);
        }
    }
}

/* to (columns, rows) = from (rows, columns), both multiples of 4; 4 x 4 at a time */
static void transpose(float *to, const float *from, ptrdiff_t rows, ptrdiff_t columns)
{
    for (ptrdiff_t t = 0; t < columns; t += 4)
        for (ptrdiff_t k = 0; k < rows; k += 4)
            transpose_block(to + t * rows + k, rows, from + k * columns + t, columns);
}

#endif
