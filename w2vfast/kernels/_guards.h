/* Guards between the arrays of a workspace, for AddressSanitizer.
 *
 * A workspace is one allocation, so the sanitizer alone would not notice that one of its
 * arrays is written beyond its end. In a build with the sanitizer each array is followed
 * by bytes that no code may touch. Other builds have no guards.
 */
#ifndef W2VFAST_GUARDS_H
#define W2VFAST_GUARDS_H

#include <stddef.h>
#include <stdint.h>

#if defined(__SANITIZE_ADDRESS__)
#define GUARD_BYTES 64
void __asan_poison_memory_region(const volatile void *begin, size_t size);
void __asan_unpoison_memory_region(const volatile void *begin, size_t size);
static inline void guard_all(const char *begin, size_t size)
{
    __asan_poison_memory_region(begin, size);
}
static inline void open_array(const char *begin, size_t size)
{
    if ((uintptr_t)begin >> 31) /* not the pass that only adds up sizes, from 0 on */
        __asan_unpoison_memory_region(begin, size);
}
#else
#define GUARD_BYTES 0
static inline void guard_all(const char *begin, size_t size)
{
    (void)begin, (void)size;
}
static inline void open_array(const char *begin, size_t size)
{
    (void)begin, (void)size;
}
#endif

#endif
