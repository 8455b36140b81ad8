#!/usr/bin/env python3
"""Derives the tables and polynomial coefficients of the vector activations.

Writes exp_log_tables.hpp, erf_tables.hpp, mills_tables.hpp and trig_tables.hpp beside itself and prints the error of
every fit (exact arithmetic on the rounded coefficients). Polynomials interpolate at Chebyshev nodes, which is within a
small factor of the minimax error, in 60 digits; coefficients are then rounded to double. Needs mpmath.
"""
import os
from mpmath import mp, mpf

mp.dps = 70
TINY = mpf(10) ** -22  # below, a quotient is its limit: both sides of it would cancel
HERE = os.path.dirname(os.path.abspath(__file__))


def dbl(x):
    return float(mpf(x))


def cheb_fit(f, lo, hi, degree):
    """Monomial coefficients (about 0) of the interpolant of f at the Chebyshev nodes of [lo, hi]."""
    n = degree + 1
    nodes = [(lo + hi) / 2 + (hi - lo) / 2 * mp.cos(mp.pi * (2 * k + 1) / (2 * n)) for k in range(n)]
    table = [f(x) for x in nodes]
    for level in range(1, n):
        for k in range(n - 1, level - 1, -1):
            table[k] = (table[k] - table[k - 1]) / (nodes[k] - nodes[k - level])
    coefficients = [mpf(0)]
    for k in range(n - 1, -1, -1):  # Newton form to monomials
        shifted = [mpf(0)] + coefficients
        for i, c in enumerate(coefficients):
            shifted[i] -= nodes[k] * c
        shifted[0] += table[k]
        coefficients = shifted
    return coefficients[:n]


def horner(coefficients, x):
    s = mpf(0)
    for c in reversed(coefficients):
        s = s * x + mpf(c)
    return s


def max_error(f, g, lo, hi, weight, points=400):
    worst = mpf(0)
    for k in range(points + 1):
        x = lo + (hi - lo) * k / points
        worst = max(worst, abs(f(x) - g(x)) / abs(weight(x)))
    return worst


def emit_row(values, indent):
    lines = []
    for k in range(0, len(values), 4):
        lines.append(" " * indent + ", ".join(dbl(v).hex() for v in values[k:k + 4]))
    return ",\n".join(lines)


def table(name, values, comment=""):
    text = f"// {comment}\n" if comment else ""
    return text + f"alignas(64) inline constexpr double {name}[{len(values)}] = {{\n{emit_row(values, 4)}}};\n"


def matrix(name, rows, comment=""):
    text = f"// {comment}\n" if comment else ""
    body = ",\n".join("    {" + emit_row(r, 4).lstrip() + "}" for r in rows)
    return text + f"alignas(64) inline constexpr double {name}[{len(rows)}][{len(rows[0])}] = {{\n{body}}};\n"


def write(file, comment, parts):
    with open(os.path.join(HERE, file), "w") as out:
        out.write("// " + "\n// ".join(comment.strip().split("\n")) + "\n")
        out.write("// Written by fit_coefficients.py; do not edit.\n#pragma once\n\n#include <cstdint>\n\n")
        out.write("namespace tepui::kernels::math {\n\n" + "\n".join(parts) + "\n}  // namespace tepui::kernels::math\n")


def bits(x):
    import struct
    return struct.unpack("<q", struct.pack("<d", x))[0]


def log_e(x):
    return "%.1f" % mp.log(x, 2)


# ------------------------------------------------------------------------------------------------ exp and log1p
def exp_log():
    # exp(x) = 2^(N/16) exp(r). Entry j holds the bits of f 2^(j/16) less j << 48: adding N << 48 gives f 2^(N/16).
    def scale_table(name, factor):
        power = [factor * mpf(2) ** (mpf(j) / 16) for j in range(16)]
        scale_bits = [bits(dbl(p)) - (j << 48) for j, p in enumerate(power)]
        low = [(p - mpf(dbl(p))) / mpf(dbl(p)) for p in power]
        rows = ",\n".join("    " + ", ".join(hex(b) for b in scale_bits[k:k + 4]) for k in range(0, 16, 4))
        return (f"alignas(64) inline constexpr ExpScale {name} = {{{{\n{rows}}},\n{{{emit_row(power, 4).lstrip()}}},\n"
                f"{{{emit_row(low, 4).lstrip()}}}}};\n")
    h = mp.log(2) / 32 * mpf("1.002")
    c = [dbl(v) for v in cheb_fit(lambda r: (mp.expm1(r) - r) / r**2 if abs(r) > TINY else mpf(1) / 2, -h, h, 5)]
    error = max_error(mp.exp, lambda r: 1 + r + r * r * horner(c, r), -h, h, mp.exp)
    small = max_error(lambda r: mp.expm1(r), lambda r: r + r * r * horner(c, r), -h, h + mpf(10)**-9, lambda r: mp.expm1(r), 401)
    print("exp", log_e(error), "expm1", log_e(small))
    brief = [dbl(v) for v in cheb_fit(lambda r: (mp.expm1(r) - r) / r**2 if abs(r) > TINY else mpf(1) / 2, -h, h, 4)]
    brief_error = max_error(mp.exp, lambda r: 1 + r + r * r * horner(brief, r), -h, h, mp.exp)
    print("exp, brief", log_e(brief_error))
    hi = mpf(int(mp.log(2) * 2**37)) / 2**37  # 37 bits: N / 16 times it is exact for |N| < 2^16
    lo = mp.log(2) - hi
    w = 15
    rec = [mpf(round(float(256 / (1 + mpf(j) / w)))) / 256 for j in range(16)]
    assert rec[0] == 1
    logs = [-mp.log(r) for r in rec]
    bound = mpf(0)
    for j in range(16):
        for e in (max(mpf(j) - mpf("0.5"), mpf(0)) / w, min(mpf(j) + mpf("0.5"), mpf(15)) / w):
            bound = max(bound, abs((1 + e) * rec[j] - 1))
    lc = [dbl(v) for v in cheb_fit(lambda f: (mp.log1p(f) - f) / f**2 if abs(f) > TINY else -mpf(1) / 2, -bound, bound, 8)]
    lerr = max_error(mp.log1p, lambda f: f + f * f * horner(lc, f), -bound, bound, mp.log1p, 401)
    print("log1p bound", mp.nstr(bound, 6), "err", log_e(lerr))
    write("exp_log_tables.hpp", f"""
exp(x) = 2^(N/16) exp(r), |r| <= ln 2 / 32: exp(r) = 1 + r + r^2 p(r), relative error 2^{log_e(error)}; as expm1 2^{log_e(small)}.
log1p(e), 0 <= e <= 1: with c ~ 1 / (1 + e) from a table, -log c + log1p(f), f = (1 + e) c - 1, |f| <= {mp.nstr(bound, 4)}:
log1p(f) = f + f^2 p(f), relative error 2^{log_e(lerr)}.""",
          [f"inline constexpr double kInvLn2 = {dbl(1 / mp.log(2)).hex()};\n"
           f"inline constexpr double kLn2High = {dbl(hi).hex()};  // 37 bits\n"
           f"inline constexpr double kLn2Low = {dbl(lo).hex()};\n",
           "// f 2^(j/16): its bits less j << 48, so that adding N << 48 gives f 2^(N/16); itself; and what rounding it\n"
           "// to double lost, relative to it.\nstruct ExpScale {\n    alignas(64) std::int64_t bits[16];\n    alignas(64) double value[16];\n    alignas(64) double low[16];\n};\n",
           scale_table("kExpScale", mpf(1)), "// f = 1 / sqrt(2 pi)\n" + scale_table("kNormalScale", 1 / mp.sqrt(2 * mp.pi)),
           "// f = 2\n" + scale_table("kTwiceExpScale", mpf(2)), "// f = sqrt(2 / pi)\n" + scale_table("kErfSlopeScale", mp.sqrt(2 / mp.pi)),
           table("kExpPoly", c),
           table("kExpPolyBrief", brief, f"One term less: 2^{log_e(brief_error)}, for those who do not subtract 1."), table("kLogReciprocal", rec, "c for e near j / 15, 8 bits."),
           table("kLogTable", logs, "-log c"), table("kLogPoly", lc)])


# ------------------------------------------------------------------------------------------------ pieces
def pieces(f, centers, halves, degree, odd_first):
    """Rows k = 0..degree of coefficients of f(center_j + t), one column per piece; returns rows and log2 errors."""
    columns, errors = [], []
    for j, (c, h) in enumerate(zip(centers, halves)):
        if odd_first and j == 0:  # f(0) = 0, and only t >= 0 is asked for: relative accuracy down to 0
            first = mp.diff(f, c)
            q = cheb_fit(lambda t: f(t) / t if abs(t) > TINY else first, mpf(0), h, degree - 1)
            col = [0.0] + [dbl(v) for v in q]
        else:
            base = f(c)
            first = mp.diff(f, c)
            q = cheb_fit(lambda t: (f(c + t) - base) / t if abs(t) > TINY else first, -h, h, degree - 1)
            col = [dbl(base)] + [dbl(v) for v in q]
        exact = list(col)
        if not (odd_first and j == 0):
            exact[0] = f(c)  # the rounding of the leading term is not the fit's error
        lo = h / 1000 if odd_first and j == 0 else -h
        errors.append(max_error(lambda t: f(c + t), lambda t: horner(exact, t), lo, h, lambda t: f(c + t), 200))
        columns.append(col)
    rows = [[col[k] for col in columns] for k in range(degree + 1)]
    return rows, max(errors)


def center_with_exact_value(f, center, half):
    """A double near center where f happens to be a double to ten more bits: the leading coefficient loses nothing."""
    k = 0
    while True:
        x = mpf(dbl(center + half * k / 2**20))
        value = f(x)
        if abs(value - mpf(dbl(value))) < abs(value) * mpf(2)**-63:
            return x
        k = -k if k > 0 else 1 - k


def erf_tables():
    f = lambda z: mp.erf(z / mp.sqrt(2))
    step = mpf(35) / 64
    rows, err = pieces(f, [step * j for j in range(16)], [step / 2] * 16, 12, True)
    print("erf", log_e(err))
    write("erf_tables.hpp", f"""
erf(z / sqrt 2) on |z| < 15.5 * 35 / 64: Taylor-like pieces about j * 35 / 64, sum_k kErfPieces[k][j] t^k; relative error
2^{log_e(err)} besides the rounding of the leading term.""",
          [f"inline constexpr double kErfStep = {dbl(step).hex()};       // 35 / 64\n"
           f"inline constexpr double kErfInvStep = {dbl(1 / step).hex()};\n"
           f"inline constexpr double kErfLast = {dbl(step * mpf('15.484375')).hex()};  // beyond, erf rounds to 1\n",
           matrix("kErfPieces", rows)])


def mills_tables():
    def f(a):
        return mp.exp(a * a / 2) * mp.erfc(a / mp.sqrt(2)) * mp.sqrt(mp.pi / 2)
    edges = [mpf(v) for v in ("3", "3.5", "4", "5", "6", "7", "8", "10", "12", "14", "16", "20", "24", "28", "32", "40", "43")]
    centers, halves = [None] * 16, [None] * 16
    for lo, hi in zip(edges, edges[1:]):
        slot = (bits(float(lo)) >> 50) & 15
        halves[slot] = (hi - lo) / 2
        centers[slot] = center_with_exact_value(f, (lo + hi) / 2 - 3, halves[slot])
    rows, err = pieces(f, centers, halves, 14, False)
    print("mills", log_e(err))
    write("mills_tables.hpp", f"""
The Mills ratio M(a) = Phi(-a) / phi(a) on 0 <= a <= 40: sum_k kMillsPieces[k][j] t^k with t = a - kMillsCenters[j], j the
low four bits of (bits of a + 3) >> 50: four pieces an octave; relative error 2^{log_e(err)} ; centers are
chosen so that M there is a double to ten more bits.""",
          ["inline constexpr double kMillsShift = 3.0;\n",
           table("kMillsCenters", centers), matrix("kMillsPieces", rows)])


def trig_tables():
    step = mpf(17) / 256
    rows, err = pieces(mp.atan, [step * j for j in range(16)], [step / 2] * 16, 10, True)
    print("atan", log_e(err))
    h = mp.pi / 4 * mpf("1.0001")
    s = [dbl(v) for v in cheb_fit(lambda u: (mp.sin(mp.sqrt(u)) / mp.sqrt(u) - 1) / u if u > TINY else -mpf(1) / 6, mpf(0), h * h, 5)]
    c = [dbl(v) for v in cheb_fit(lambda u: (mp.cos(mp.sqrt(u)) - 1 + u / 2) / u**2 if u > TINY else mpf(1) / 24, mpf(0), h * h, 5)]
    serr = max_error(mp.sin, lambda x: x + x**3 * horner(s, x * x), h / 1000, h, mp.sin)
    cerr = max_error(mp.cos, lambda x: 1 - x * x / 2 + x**4 * horner(c, x * x), mpf(0), h, mp.cos)
    print("sin", log_e(serr), "cos", log_e(cerr))
    rest, parts = mp.pi / 2, []
    for k in range(3):
        shift = 31 - int(mp.floor(mp.log(rest, 2)))
        p = mpf(int(rest * mpf(2)**shift)) / mpf(2)**shift
        parts.append(p)
        rest -= p
    parts.append(rest)
    write("trig_tables.hpp", f"""
atan on [0, 1]: pieces about j * 17 / 256, relative error 2^{log_e(err)} besides the rounding of the leading term.
sin(r) = r + r^3 p(r^2), cos(r) = 1 - r^2 / 2 + r^4 q(r^2) on |r| <= pi / 4: relative errors 2^{log_e(serr)}, 2^{log_e(cerr)}.
pi / 2 in parts of 32 bits (the last a full double): N times a part is exact for |N| <= 2^21.""",
          [f"inline constexpr double kAtanStep = {dbl(step).hex()};  // 17 / 256\n"
           f"inline constexpr double kAtanInvStep = {dbl(1 / step).hex()};\n"
           f"inline constexpr double kHalfPi = {dbl(mp.pi / 2).hex()};\n"
           f"inline constexpr double kHalfPiLow = {dbl(mp.pi / 2 - mpf(dbl(mp.pi / 2))).hex()};\n"
           f"inline constexpr double kTwoOverPi = {dbl(2 / mp.pi).hex()};\n",
           table("kHalfPiParts", parts), table("kSinPoly", s), table("kCosPoly", c), matrix("kAtanPieces", rows)])


exp_log()
erf_tables()
mills_tables()
trig_tables()
