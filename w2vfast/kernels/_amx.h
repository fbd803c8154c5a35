/* Products of bfloat16 matrices in the tile registers of a CPU (Intel AMX).
 *
 * A tile is a matrix of 16 rows of 64 bytes. One instruction multiplies a tile of 16 x 32
 * bfloat16 numbers by one of 32 x 16, and adds the product to a tile of 16 x 16 floats.
 * The right operand stores its rows in pairs: element (k / 2, j) is the two numbers
 * (k, j) and (k + 1, j), k even, as 4 bytes.
 *
 * Linux has to permit a process to use tiles. Each function names the instruction sets
 * that it needs, because the rest of this build must not use them.
 */
#ifndef W2VFAST_AMX_H
#define W2VFAST_AMX_H

#include "_matmul.h"

#if defined(__AVX512F__) && defined(__x86_64__) && defined(__linux__) \
    && (defined(__clang__) ? __clang_major__ >= 12 : __GNUC__ >= 11)
#define HAS_AMX 1
#include <cpuid.h>
#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>

#define AMX __attribute__((target("avx512f,avx512bw,avx512bf16,amx-tile,amx-bf16")))
#define TILE_ROWS 16
#define TILE_DEPTH 32 /* bfloat16 numbers in a row of a tile */

struct TileConfig {
    uint8_t palette, start_row, reserved[14];
    uint16_t row_bytes[16];
    uint8_t rows[16];
};

/* Whether the CPU has the instructions, and the system permits their registers. */
static int amx_available(void)
{
    enum { REQUEST_PERMISSION = 0x1023, TILE_DATA = 18 };
    const unsigned int tile_bits = 1u << 22 | 1u << 24; /* AMX-BF16, AMX-TILE */
    unsigned int a, b, c, d;
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || (d & tile_bits) != tile_bits)
        return 0;
    if (!__get_cpuid_count(7, 1, &a, &b, &c, &d) || !(a & 1u << 5)) /* AVX512-BF16 */
        return 0;
    return syscall(SYS_arch_prctl, REQUEST_PERMISSION, TILE_DATA) == 0;
}

/* Make all tiles 16 rows of 64 bytes. */
AMX static void open_tiles(void)
{
    static const struct TileConfig config = {
        1, 0, {0}, {64, 64, 64, 64, 64, 64, 64, 64}, {16, 16, 16, 16, 16, 16, 16, 16},
    };
    COMPILER_BARRIER(); /* some compilers move stores behind the loads of tiles */
    _tile_loadconfig(&config);
}

/* Without this, the system would save the tiles whenever it switches threads. */
AMX static void close_tiles(void)
{
    _tile_release();
    COMPILER_BARRIER();
}

/* Panel t of row r; zeros behind the last row and column. */
AMX static inline __m512 panel_or_zeros(const float *X, ptrdiff_t ldx, ptrdiff_t r,
                                        ptrdiff_t rows, ptrdiff_t t, ptrdiff_t columns)
{
    return r < rows && t < columns ? _mm512_loadu_ps(X + r * ldx + t)
                                   : _mm512_setzero_ps();
}

/* Round X (rows, columns) to a left operand: (padded_rows, depth), zeros behind X;
 * columns % PANEL_WIDTH == 0, depth % TILE_DEPTH == 0. */
AMX static void round_left(uint16_t *to, ptrdiff_t padded_rows, ptrdiff_t depth,
                           const float *X, ptrdiff_t ldx, ptrdiff_t rows,
                           ptrdiff_t columns)
{
    for (ptrdiff_t r = 0; r < padded_rows; r++)
        for (ptrdiff_t t = 0; t < depth; t += TILE_DEPTH) {
            __m512 low = panel_or_zeros(X, ldx, r, rows, t, columns);
            __m512 high = panel_or_zeros(X, ldx, r, rows, t + PANEL_WIDTH, columns);
            _mm512_storeu_si512(to + r * depth + t,
                                (__m512i)_mm512_cvtne2ps_pbh(high, low));
        }
}

/* Round X (rows, columns) to a right operand: (padded_rows / 2, columns) pairs. */
AMX static void round_right(uint32_t *to, ptrdiff_t padded_rows, const float *X,
                            ptrdiff_t ldx, ptrdiff_t rows, ptrdiff_t columns)
{
    static const uint16_t interleaved[32] = {
        0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23,
        8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31,
    };
    const __m512i order = _mm512_loadu_si512(interleaved);
    for (ptrdiff_t r = 0; r < padded_rows; r += 2)
        for (ptrdiff_t t = 0; t < columns; t += PANEL_WIDTH) {
            __m512 even = panel_or_zeros(X, ldx, r, rows, t, columns);
            __m512 odd = panel_or_zeros(X, ldx, r + 1, rows, t, columns);
            __m512i both = (__m512i)_mm512_cvtne2ps_pbh(odd, even);
            _mm512_storeu_si512(to + r / 2 * columns + t,
                                _mm512_permutexvar_epi16(order, both));
        }
}

/* Two by two tiles of C, or fewer at its end; `depth` as in amx_gemm. */
#define FOR_TILES(f) \
    f(0, 0, 0); \
    if (wide) \
        f(1, 0, TILE_ROWS); \
    if (tall) \
        f(2, TILE_ROWS, 0); \
    if (tall && wide) \
        f(3, TILE_ROWS, TILE_ROWS);
AMX static inline void amx_tiles(int add, float *C, ptrdiff_t ldc, const uint16_t *A,
                                 const uint32_t *B, ptrdiff_t ldb, ptrdiff_t depth,
                                 int tall, int wide)
{
    const ptrdiff_t lda = depth, bytes = sizeof *C;
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
#define LOAD(tile, i, j) _tile_loadd(tile, C + (i) * ldc + (j), ldc * bytes)
    if (add) {
        FOR_TILES(LOAD)
    }
#undef LOAD
    for (ptrdiff_t k = 0; k < depth; k += TILE_DEPTH) {
        const uint32_t *pairs = B + k / 2 * ldb;
        _tile_loadd(4, A + k, lda * 2);
        _tile_loadd(6, pairs, ldb * bytes);
        _tile_dpbf16ps(0, 4, 6);
        if (wide) {
            _tile_loadd(7, pairs + TILE_ROWS, ldb * bytes);
            _tile_dpbf16ps(1, 4, 7);
        }
        if (tall) {
            _tile_loadd(5, A + TILE_ROWS * lda + k, lda * 2);
            _tile_dpbf16ps(2, 5, 6);
            if (wide)
                _tile_dpbf16ps(3, 5, 7);
        }
    }
#define STORE(tile, i, j) _tile_stored(tile, C + (i) * ldc + (j), ldc * bytes)
    FOR_TILES(STORE)
#undef STORE
}
#undef FOR_TILES

/* C (rows, columns) = A B, or C += A B if `add`. A (rows, depth) is a left operand, and
 * B (depth / 2, columns) a right one. rows and columns are multiples of TILE_ROWS. */
AMX static void amx_gemm(int add, float *C, ptrdiff_t ldc, const uint16_t *A,
                         const uint32_t *B, ptrdiff_t rows, ptrdiff_t columns,
                         ptrdiff_t depth)
{
    open_tiles();
    for (ptrdiff_t j = 0; j < columns; j += 2 * TILE_ROWS)
        for (ptrdiff_t i = 0; i < rows; i += 2 * TILE_ROWS)
            amx_tiles(add, C + i * ldc + j, ldc, A + i * depth, B + j, columns, depth,
                      i + TILE_ROWS < rows, j + TILE_ROWS < columns);
    close_tiles();
}

#else
#define HAS_AMX 0
static int amx_available(void) { return 0; }
#endif
#endif
