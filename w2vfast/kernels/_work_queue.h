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
#define ATOMIC_STORE(p, x) \
    ((void)_InterlockedExchange64((volatile __int64 *)(p), (__int64)(x)))
#define PAUSE() YieldProcessor()
#define YIELD_THREAD() SwitchToThread()
#else
#include <sched.h>
#define ATOMIC_ADD(p, n) __atomic_fetch_add((p), (uint64_t)(n), __ATOMIC_ACQ_REL)
#define ATOMIC_LOAD(p) __atomic_load_n((p), __ATOMIC_ACQUIRE)
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

/* `ticket` has three fields, so that one atomic operation reads all of them:
 *     number of the phase << 32 | items of the phase << 16 | next item */
struct WorkQueue {
    uint64_t ticket;
    uint64_t unfinished; /* items of the phase that are not reported */
};

/* Begin the next phase with `items` items, fewer than 2^15; 0: no work is left. */
static void start_phase(struct WorkQueue *q, uint64_t items)
{
    uint64_t phase = (ATOMIC_LOAD(&q->ticket) >> 32) + 1;
    ATOMIC_STORE(&q->unfinished, items);
    ATOMIC_STORE(&q->ticket, phase << 32 | items << 16);
}

/* Items of a ticket's phase, and the item that the ticket gives to a thread. */
static uint64_t items_of(uint64_t ticket) { return ticket >> 16 & 0xffff; }
static uint64_t item_of(uint64_t ticket) { return ticket & 0xffff; }

/* Whether no work is left. */
static int is_finished(struct WorkQueue *q)
{
    return items_of(ATOMIC_LOAD(&q->ticket)) == 0;
}

/* Wait until the phase of a ticket is over. */
static void await_next_phase(struct WorkQueue *q, uint64_t ticket)
{
    for (int spins = 0; ATOMIC_LOAD(&q->ticket) >> 32 == ticket >> 32; spins++)
        if (spins < SPINS)
            PAUSE();
        else
            YIELD_THREAD();
}

/* Return the next item, or -1 if no work is left. Waits for the next phase if all items
 * of the present phase are claimed. */
static int64_t claim_item(struct WorkQueue *q)
{
    while (!is_finished(q)) {
        uint64_t ticket = ATOMIC_ADD(&q->ticket, 1);
        if (item_of(ticket) < items_of(ticket))
            return (int64_t)item_of(ticket);
        if (items_of(ticket) > 0)
            await_next_phase(q, ticket);
    }
    return -1;
}

/* Report a finished item. True for the last one of its phase. */
static int finish_item(struct WorkQueue *q)
{
    return ATOMIC_ADD(&q->unfinished, -1) == 1;
}

#endif
