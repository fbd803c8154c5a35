"""Names of the kernel builds that this CPU supports."""

cdef extern from *:
    """
    #if (defined(__x86_64__) || defined(__amd64__)) && defined(__GNUC__)
    static int w2v_avx2(void) {
        __builtin_cpu_init();
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
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
