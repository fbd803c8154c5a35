/* Sums over windows of places that follow each other: differences of running sums. */
#ifndef W2VFAST_WINDOWS_H
#define W2VFAST_WINDOWS_H

#include "_vector.h"

/* to = before + x: a running sum goes on. */
static void run_on(float *to, const float *before, const float *x, ptrdiff_t size)
{
    for (ptrdiff_t t = 0; t < size; t += WIDTH)
        store(to + t, load(before + t) + load(x + t));
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

/* What h gets enters the running sum at the window's first place and leaves it behind
 * the last. */
static void spread_window(float *enter, float *leave, const float *gradient,
                          float weight, ptrdiff_t size)
{
    for (ptrdiff_t t = 0; t < size; t += WIDTH) {
        vec g = weight * load(gradient + t);
        store(enter + t, load(enter + t) + g);
        store(leave + t, load(leave + t) - g);
    }
}

/* Go on with the running sum to the place `to`; what is there but for the own share of
 * a centre is added to the place's gradient. */
static void hand_out(float *to, const float *before, const float *own, float weight,
                     float *gradient, ptrdiff_t size)
{
    for (ptrdiff_t t = 0; t < size; t += WIDTH) {
        vec g = load(to + t) + load(before + t);
        store(to + t, g);
        store(gradient + t, load(gradient + t) + g - weight * load(own + t));
    }
}

#endif
