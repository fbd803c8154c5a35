"""Names of the kernel builds that this CPU supports."""

cdef extern from *:
    """
    #if defined(_MSC_VER) && defined(_M_X64) && !defined(_M_ARM64EC)
    /* MSVC and clang-cl have no __builtin_cpu_supports, so ask the CPU itself. */
    #include <intrin.h>
    #define W2V_AVX2 (1 << 5)
    #define W2V_FMA (1 << 12)
    #define W2V_OSXSAVE (1 << 27)
    #define W2V_F16C (1 << 29)
    /* The subsets F, DQ, BW and VL. */
    #define W2V_AVX512 ((int)(1u << 16 | 1u << 17 | 1u << 30 | 1u << 31))
    #define W2V_YMM 0x06  /* the system saves the registers of SSE and AVX ... */
    #define W2V_ZMM 0xe6  /* ... and those of AVX-512 */
    static int w2v_saved_registers(void) {
    #ifdef __clang__
        unsigned int low, high;
        __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
        return (int)low;
    #else
        return (int)_xgetbv(0);
    #endif
    }
    static int w2v_has(int features, int registers) {
        int basic[4], extended[4], needed = W2V_FMA | W2V_OSXSAVE | W2V_F16C;
        __cpuid(basic, 0);
        if (basic[0] < 7) return 0;
        __cpuid(basic, 1);
        if ((basic[2] & needed) != needed) return 0;
        __cpuidex(extended, 7, 0);
        return (extended[1] & features) == features
            && (w2v_saved_registers() & registers) == registers;
    }
    static int w2v_avx2(void) { return w2v_has(W2V_AVX2, W2V_YMM); }
    static int w2v_avx512(void) { return w2v_has(W2V_AVX2 | W2V_AVX512, W2V_ZMM); }
    #elif defined(__x86_64__) && defined(__GNUC__)
    #include <cpuid.h>
    static int w2v_f16c(void) {  /* old versions of Clang have no name for it */
        unsigned int a, b, c, d;
        return __get_cpuid(1, &a, &b, &c, &d) && (c & bit_F16C);
    }
    static int w2v_avx2(void) {
        __builtin_cpu_init();
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")
            && w2v_f16c();
    }
    static int w2v_avx512(void) {
        return w2v_avx2() && __builtin_cpu_supports("avx512f")
            && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq")
            && __builtin_cpu_supports("avx512vl");
    }
    #else
    static int w2v_avx2(void) { return 0; }
    static int w2v_avx512(void) { return 0; }
    #endif
    """
    bint w2v_avx2()
    bint w2v_avx512()


def runnable() -> list[str]:
    """Return the builds whose instructions this CPU has, the slowest first."""
    names = ["base"]
    if w2v_avx2():
        names.append("avx2")
    if w2v_avx512():
        names.append("avx512")
    return names
