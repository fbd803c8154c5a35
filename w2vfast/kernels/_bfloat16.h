/* The products of the hidden rows H and the shared rows N, with operands in bfloat16.
 *
 * Operands are rounded to the nearest bfloat16, ties to even. Sums are float32. CPUs with
 * AMX multiply them in tiles (_amx.h), and take numbers below 2^-126 as 0. Others
 * multiply the rounded numbers as floats. Else results differ by the order of sums only.
 */
#ifndef W2VFAST_BFLOAT16_H
#define W2VFAST_BFLOAT16_H

#include "_amx.h"

/* Operands of one tile of hidden rows, and of the batch's shared rows. */
struct RoundedOperands {
    int amx;
    ptrdiff_t size;           /* floats in a row of H and N */
    ptrdiff_t used_size;      /* columns to compute; the others are zero */
    ptrdiff_t shared;         /* rows of N, padded to a multiple of PANEL_WIDTH */
    float *hidden;            /* (tile, size): H; AMX: a left operand */
    float *shared_rows;       /* (shared, size): N; AMX: rows of a left operand */
    float *shared_columns;    /* N transposed; AMX: as a right operand */
    /* AMX alone: */
    uint32_t *hidden_pairs;   /* (tile / 2, size): H as a right operand */
    uint32_t *shared_pairs;   /* (shared / 2, size): N as a right operand */
    uint16_t *factors;        /* (tile, shared): gradient factors as a left operand */
    uint32_t *factor_pairs;   /* (tile / 2, shared): factors as a right operand */
    uint32_t *factor_columns; /* (shared, tile / 2): factors transposed, a left one */
};

/* Rows of padding behind a matrix, at most; products in tiles read them. */
#define ROUNDED_SLACK 32

INLINE ptrdiff_t round_up(ptrdiff_t n, ptrdiff_t step)
{
    return (n + step - 1) / step * step;
}

/* to[:n] = x[:n], rounded to bfloat16; n % PANEL_WIDTH == 0. x must be finite. */
static void round_to_bfloat16(float *to, const float *x, ptrdiff_t n)
{
    for (ptrdiff_t t = 0; t < n; t += VEC_WIDTH) {
        ivec bits = AS_INT(load(x + t));
        bits = (bits + 0x7fff + ((bits >> 16) & 1)) & (int32_t)0xffff0000;
        store(to + t, AS_FLOAT(bits));
    }
}

#if HAS_AMX
AMX static void amx_round_shared(struct RoundedOperands *p, const float *N)
{
    ptrdiff_t depth = round_up(p->used_size, TILE_DEPTH);
    round_left((uint16_t *)p->shared_rows, p->shared, depth, N, p->size, p->shared,
               p->used_size);
    transpose(p->shared_columns, p->shared_rows, p->shared, depth / 2);
    round_right(p->shared_pairs, round_up(p->shared, TILE_DEPTH), N, p->size, p->shared,
                p->used_size);
}

AMX static void amx_scores(struct RoundedOperands *p, float *S, const float *H,
                           ptrdiff_t rows)
{
    ptrdiff_t depth = round_up(p->used_size, TILE_DEPTH);
    ptrdiff_t padded = round_up(rows, TILE_ROWS);
    round_left((uint16_t *)p->hidden, padded, depth, H, p->size, rows, p->used_size);
    amx_gemm(0, S, p->shared, (uint16_t *)p->hidden, (uint32_t *)p->shared_columns,
             padded, p->shared, depth);
}

AMX static void amx_gradients(struct RoundedOperands *p, int add, float *hidden_gradient,
                              float *shared_gradient, const float *S, const float *H,
                              ptrdiff_t rows)
{
    ptrdiff_t n = p->shared, padded = round_up(rows, TILE_ROWS);
    ptrdiff_t depth = round_up(rows, TILE_DEPTH), n_depth = round_up(n, TILE_DEPTH);
    round_left(p->factors, padded, n_depth, S, n, rows, n);
    amx_gemm(0, hidden_gradient, p->size, p->factors, p->shared_pairs, padded,
             p->used_size, n_depth);
    round_right(p->factor_pairs, depth, S, n, rows, n);
    transpose((float *)p->factor_columns, (float *)p->factor_pairs, depth / 2, n);
    round_right(p->hidden_pairs, depth, H, p->size, rows, p->used_size);
    amx_gemm(add, shared_gradient, p->size, (uint16_t *)p->factor_columns,
             p->hidden_pairs, n, p->used_size, depth);
}
#endif

/* Round the shared rows of a batch. */
static void round_shared(struct RoundedOperands *p, const float *N, ptrdiff_t shared)
{
    p->shared = shared;
#if HAS_AMX
    if (p->amx) {
        amx_round_shared(p, N);
        return;
    }
#endif
    round_to_bfloat16(p->shared_rows, N, shared * p->size);
    transpose(p->shared_columns, p->shared_rows, shared, p->size);
}

/* S (rows, shared) = H N^T. Up to PANEL_WIDTH - 1 rows behind S are written too. */
static void rounded_scores(struct RoundedOperands *p, float *S, const float *H,
                           ptrdiff_t rows)
{
#if HAS_AMX
    if (p->amx) {
        amx_scores(p, S, H, rows);
        return;
    }
#endif
    round_to_bfloat16(p->hidden, H, rows * p->size);
    gemm_small(0, S, p->shared, p->hidden, p->size, 1, p->shared_columns, p->shared,
               round_up(rows, 4), p->shared, p->used_size);
}

/* hidden_gradient = S N. shared_gradient = S^T H, or += if `add`. S may be rounded. Up to
 * PANEL_WIDTH - 1 rows behind hidden_gradient are written too. */
static void rounded_gradients(struct RoundedOperands *p, int add, float *hidden_gradient,
                              float *shared_gradient, float *S, const float *H,
                              ptrdiff_t rows)
{
#if HAS_AMX
    if (p->amx) {
        amx_gradients(p, add, hidden_gradient, shared_gradient, S, H, rows);
        return;
    }
#endif
    round_to_bfloat16(S, S, rows * p->shared);
    gemm_small(0, hidden_gradient, p->size, S, p->shared, 1, p->shared_rows, p->size,
               round_up(rows, 4), p->used_size, p->shared);
    gemm_small(add, shared_gradient, p->size, S, 1, p->shared, p->hidden, p->size,
               p->shared, p->used_size, rows);
}

#endif
