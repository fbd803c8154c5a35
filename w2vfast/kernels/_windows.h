/* Sums over windows of places that follow each other: differences of running sums. */
#ifndef W2VFAST_WINDOWS_H
#define W2VFAST_WINDOWS_H

#include "_register_tiles.h"

INLINE void sums_strip(int many, float *sums, const float *X, const int32_t *row,
                       ptrdiff_t n, ptrdiff_t size)
{
    vec acc[STRIP * PANEL]; /* the sum stays in registers all the way */
    for (int v = 0; v < many * PANEL; v++)
        acc[v] = load(sums + v * WIDTH);
    for (ptrdiff_t k = 0; k < n; k++)
        for (int v = 0; v < many * PANEL; v++) {
            acc[v] += load(X + row[k] * size + v * WIDTH);
            store(sums + (k + 1) * size + v * WIDTH, acc[v]);
        }
}

/* sums[k] = sums[0] + the sum over j < k of X[row[j]], for k = 1..n */
static void running_sums(float *sums, const float *X, const int32_t *row, ptrdiff_t n,
                         ptrdiff_t size)
{
#define STRIPS(many) case many: sums_strip(many, sums + t, X + t, row, n, size); break;
    IN_STRIPS(size, STRIPS)
#undef STRIPS
}

/* h = weight (after - before - own): the sum over a window, of which `before` and
 * `after` are the running sums at its ends, but its centre. Returns |h|^2. */
static float sum_window(float *h, const float *before, const float *after,
                        const float *own, float weight, ptrdiff_t size)
{
    vec acc = ALL(0.0f);
    for (ptrdiff_t t = 0; t < size; t += WIDTH) {
        vec x = weight * (load(after + t) - load(before + t) - load(own + t));
        store(h + t, x);
        acc += x * x;
    }
    return sum(acc);
}

/* Places one after the other, each in some windows. */
struct Places {
    ptrdiff_t count;
    const int32_t *word;    /* row of each in the table */
    const int32_t *x;       /* and in `step` */
    const int32_t *first;   /* its events, first[k]..first[k + 1] - 1: windows that */
    const int32_t *line;    /* begin to give this gradient */
    const float *change;    /* with this weight, or a negative one when they end */
    const int32_t *open;    /* how many give to it */
    const int32_t *centre;  /* the gradient of its own window, */
    const float *own;       /* whose weight is not for the place itself */
};

INLINE void windows_strip(int many, ptrdiff_t t, float *table, const float *step,
                          const float *G, struct Places p, ptrdiff_t size)
{
    vec acc[STRIP * PANEL];
    for (int v = 0; v < many * PANEL; v++)
        acc[v] = ALL(0.0f);
    for (ptrdiff_t k = 0; k < p.count; k++) {
        float *to = table + p.word[k] * size + t;
        const float *own = G + p.centre[k] * size + t;
        for (ptrdiff_t e = p.first[k]; e < p.first[k + 1]; e++) {
            const float *g = G + p.line[e] * size + t;
            for (int v = 0; v < many * PANEL; v++)
                acc[v] += p.change[e] * load(g + v * WIDTH);
        }
        if (p.open[k] == 0) { /* what rounding left is nobody's */
            for (int v = 0; v < many * PANEL; v++)
                acc[v] = ALL(0.0f);
            continue;
        }
        for (int v = 0; v < many * PANEL; v++) {
            vec g = acc[v] - p.own[k] * load(own + v * WIDTH);
            store(to + v * WIDTH, load(to + v * WIDTH) + step[p.x[k]] * g);
        }
    }
}

/* Rows of the table step by what the windows give to their places: the running sum of
 * what they begin and end to give. */
static void hand_out(float *table, const float *step, const float *G,
                     const struct Places *p, ptrdiff_t size)
{
#define STRIPS(many) \
    case many: windows_strip(many, t, table, step, G, *p, size); break;
    IN_STRIPS(size, STRIPS)
#undef STRIPS
}

#endif
