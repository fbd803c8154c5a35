/* Work for any number of threads, in phases: items of a phase, then the next phase.
 *
 * A thread claims an item of the present phase, processes it, and reports it. The
 * thread that reports the last item of a phase prepares the next phase alone, while
 * the others wait. No phase waits for a thread that has claimed nothing: one thread can
 * do all the work, and a thread may join at any time.
 */
#ifndef W2VFAST_WORK_QUEUE_H
#define W2VFAST_WORK_QUEUE_H

#include <stdint.h>

#ifdef _MSC_VER
#include <intrin.h>
#include <windows.h>
#define ATOMIC_ADD(p, n) ((uint64_t)_InterlockedExchangeAdd64((volatile __int64 *)(p), (n)))
#define ATOMIC_LOAD(p) ATOMIC_ADD(p, 0)
#define ATOMIC_REPLACE(p, old, new) \
    (_InterlockedCompareExchange64((volatile __int64 *)(p), (__int64)(new), \
                                   (__int64)(old)) == (__int64)(old))
#define ATOMIC_STORE(p, x) \
    ((void)_InterlockedExchange64((volatile __int64 *)(p), (__int64)(x)))
#define PAUSE() YieldProcessor()
#define YIELD_THREAD() SwitchToThread()
#else
#include <sched.h>
#define ATOMIC_ADD(p, n) __atomic_fetch_add((p), (uint64_t)(n), __ATOMIC_ACQ_REL)
#define ATOMIC_LOAD(p) __atomic_load_n((p), __ATOMIC_ACQUIRE)
#define ATOMIC_REPLACE(p, old, new) __sync_bool_compare_and_swap((p), (old), (new))
#define ATOMIC_STORE(p, x) __atomic_store_n((p), (x), __ATOMIC_RELEASE)
#if defined(__x86_64__) || defined(__i386__)
#define PAUSE() __builtin_ia32_pause()
#elif defined(__aarch64__)
#define PAUSE() __asm__ volatile("yield")
#else
#define PAUSE() __asm__ volatile("")
#endif
#define YIELD_THREAD() sched_yield()
#endif

#define SPINS 2000 /* some 20 to 50 microseconds, then other threads get the core */
#define MAX_ITEMS 256
#define ITEM_BITS 16

struct WorkQueue {
    uint64_t state;              /* number of the phase << ITEM_BITS | its items */
    uint64_t unfinished;         /* items of the phase that are not reported */
    uint64_t joined;             /* threads so far */
    uint64_t claimed[MAX_ITEMS]; /* last phase in which a thread has claimed the item */
};

static uint64_t phase_of(uint64_t state) { return state >> ITEM_BITS; }
static uint64_t items_of(uint64_t state) { return state & ((1 << ITEM_BITS) - 1); }

/* Begin the next phase with up to MAX_ITEMS items; 0: no work is left. */
static void start_phase(struct WorkQueue *q, uint64_t items)
{
    uint64_t phase = phase_of(ATOMIC_LOAD(&q->state)) + 1;
    ATOMIC_STORE(&q->unfinished, items);
    ATOMIC_STORE(&q->state, phase << ITEM_BITS | items);
}

/* Whether no work is left. */
static int is_finished(struct WorkQueue *q)
{
    return items_of(ATOMIC_LOAD(&q->state)) == 0;
}

/* Return a number for the calling thread; see claim_item. */
static uint64_t join_queue(struct WorkQueue *q)
{
    return ATOMIC_ADD(&q->joined, 1);
}

/* Try to claim an item of a phase. Fails if a thread has claimed it before. */
static int try_to_claim(struct WorkQueue *q, uint64_t item, uint64_t phase)
{
    uint64_t last = ATOMIC_LOAD(&q->claimed[item]);
    return last < phase && ATOMIC_REPLACE(&q->claimed[item], last, phase);
}

/* Wait until the queue has another state. */
static void await_change(struct WorkQueue *q, uint64_t state)
{
    for (int spins = 0; ATOMIC_LOAD(&q->state) == state; spins++)
        if (spins < SPINS)
            PAUSE();
        else
            YIELD_THREAD();
}

/* Return an item, or -1 if no work is left. Waits for the next phase if all items of
 * the present phase are claimed. Each thread first tries the items of its own, so that
 * data of an item usually stay in the caches of one core. */
static int64_t claim_item(struct WorkQueue *q, uint64_t thread, uint64_t threads)
{
    for (;;) {
        uint64_t state = ATOMIC_LOAD(&q->state), items = items_of(state);
        if (items == 0)
            return -1;
        for (uint64_t own = 0; own < threads; own++)
            for (uint64_t i = (thread + own) % threads; i < items; i += threads)
                if (try_to_claim(q, i, phase_of(state)))
                    return (int64_t)i;
        await_change(q, state);
    }
}

/* Report a finished item. True for the last one of its phase. */
static int finish_item(struct WorkQueue *q)
{
    return ATOMIC_ADD(&q->unfinished, -1) == 1;
}

#endif
