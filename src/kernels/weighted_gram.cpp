#include "kernels/weighted_gram.hpp"

#include "kernels/blocking.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/weighted_gram.cpp"
#include <hwy/foreach_target.h>
// after foreach_target.h
#include <hwy/highway.h>

#include "kernels/dispatch.hpp"
#include "kernels/gram_inputs-inl.hpp"
#include "kernels/gram_rows-inl.hpp"
#include "kernels/gram_samples-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace tepui::kernels {
namespace HWY_NAMESPACE {

// Whether so few rows run faster with the lanes across inputs, by measured costs of a pair and sample: across
// rows one row costs as much as a vector of them, across inputs each costs the same, and more for few inputs,
// whose lanes lie partly above the diagonal, and for so many that they leave L2.
template <class T>
bool inputs_win(Size rows, Size inputs) {
    constexpr Size lanes = kLanesOf<T>;
    if (rows > lanes) return false;
    const double d = static_cast<double>(inputs);
    const double of_lanes = static_cast<double>(rows) / lanes;
    const double full = 0.62 * (1.0 + 1.5 * lanes / d) + 0.25 * std::min(1.0, d / 256);
    return of_lanes * full < 1.33;
}

// Whether pairs are so few that forming them as rows of samples, and summing the lanes of every entry, costs
// less than transposing the coefficient rows, which are many.
inline bool samples_win(Size rows, Size inputs) {
    return inputs <= 8 && rows >= 2 * inputs;
}

// Whole panels of rows run with the lanes across rows, what is left as is faster.
template <class T>
void gram_of(const PackedSamplesOf<T>& x, const GramRowOf<T>* rows, Size q_count, PairRange pairs, double* g,
             Size ldg, const GramBlocking& blocking) {
    if (x.count <= 0 || pairs.begin >= pairs.end) return;
    const GramProblem<T> problem{x.xt, x.ldx, x.count, x.d, pairs.begin, pairs.end, ldg};
    if constexpr (sizeof(T) == sizeof(double)) {  // in single precision it gains little
        if (blocking.lanes == GramLanes::samples ||
            (blocking.lanes == GramLanes::automatic && samples_win(q_count, x.d)))
            return gram_by_samples(problem, rows, q_count, g, blocking);
    }
    const Size rest = q_count % kPanelLanesOf<T>;
    Size by_rows = q_count;
    if (blocking.lanes == GramLanes::inputs) {
        by_rows = 0;
    } else if (blocking.lanes == GramLanes::automatic && rest > 0 && inputs_win<T>(rest, x.d)) {
        by_rows = q_count - rest;
    }
    if (by_rows > 0) gram_by_rows(problem, rows, by_rows, g, blocking);
    for (Size q = by_rows; q < q_count; q += kLanesOf<T>) {
        gram_by_inputs(problem, rows + q, std::min<Size>(kLanesOf<T>, q_count - q), g + q, blocking);
    }
}

void gram(const PackedSamples& x, const GramRow* rows, Size q_count, PairRange pairs, double* g, Size ldg,
          const GramBlocking& blocking) {
    gram_of(x, rows, q_count, pairs, g, ldg, blocking);
}

void single_gram(const PackedSamplesOf<float>& x, const GramRowOf<float>* rows, Size q_count, PairRange pairs,
                 double* g, Size ldg, const GramBlocking& blocking) {
    gram_of(x, rows, q_count, pairs, g, ldg, blocking);
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tepui::kernels {

HWY_EXPORT(gram);
HWY_EXPORT(single_gram);

void weighted_gram_blocked(const PackedSamples& x, const GramRow* rows, Size q_count, PairRange pairs,
                           double* g, Size ldg, const GramBlocking& blocking) {
    TEPUI_DISPATCH(gram)(x, rows, q_count, pairs, g, ldg, blocking);
}

void weighted_gram_blocked(const PackedSamplesOf<float>& x, const GramRowOf<float>* rows, Size q_count,
                           PairRange pairs, double* g, Size ldg, const GramBlocking& blocking) {
    TEPUI_DISPATCH(single_gram)
    (x, rows, q_count, pairs, g, ldg, blocking);
}

void weighted_gram(const PackedSamples& x, const GramRow* rows, Size q_count, PairRange pairs, double* g,
                   Size ldg) {
    weighted_gram_blocked(x, rows, q_count, pairs, g, ldg, {});
}

void weighted_gram(const PackedSamplesOf<float>& x, const GramRowOf<float>* rows, Size q_count,
                   PairRange pairs, double* g, Size ldg) {
    weighted_gram_blocked(x, rows, q_count, pairs, g, ldg, {});
}

}  // namespace tepui::kernels
#endif  // HWY_ONCE
