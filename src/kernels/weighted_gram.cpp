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

HWY_BEFORE_NAMESPACE();
namespace tepui::kernels {
namespace HWY_NAMESPACE {

// Whether a remainder of fewer than kPanelLanes rows runs faster with the lanes across inputs: lanes lost to
// rows that are not there against lanes lost beside the diagonal, and the dearer write-back of the latter.
bool inputs_win(Size rows, Size d) {
    const Size padded = round_up(rows, kLanes);
    return 10 * rows * (d + kLanes) < 8 * padded * (d + 1);
}

void gram_all_rows(const GramProblem& problem, const GramRow* rows, Size q_count, double* g,
                   const GramBlocking& blocking) {
    Size q = 0;
    const auto by_rows = [&](Size n) { gram_by_rows(problem, rows + q, n, g + q), q += n; };
    const auto by_inputs = [&](Size n) { gram_by_inputs(problem, rows + q, n, g + q), q += n; };
    while (q < q_count) {
        const Size rest = q_count - q;
        const bool inputs =
            blocking.lanes == GramLanes::inputs ||
            (blocking.lanes == GramLanes::automatic && rest < kPanelLanes && inputs_win(rest, problem.d));
        if (inputs) {
            by_inputs(std::min<Size>(rest, kTileRows));
        } else if (rest > kPanelLanes && rest <= kPanelLanes + kLanes) {
            by_rows(kPanelLanes - kLanes);  // 2 + 2 vectors rather than 3 + 1
        } else {
            by_rows(std::min<Size>(rest, kPanelLanes));
        }
    }
}

void gram(const double* xt, Size ldx, Size count, Size d, const GramRow* rows, Size q_count, Size pair_begin,
          Size pair_end, double* g, Size ldg, const GramBlocking& blocking) {
    const Size depth = blocking.samples > 0 ? std::min(blocking.samples, kMaxDepth) : kMaxDepth;
    const Size chunks = (count + depth - 1) / depth;
    if (chunks == 0 || pair_begin >= pair_end) return;
    GramProblem problem{xt, ldx, count, d, pair_begin, pair_end, ldg, 0, 0, 0};
    // Chunks of equal length, cut by count alone: every entry is summed in the same order whatever the pairs
    // are.
    problem.depth = std::min(depth, round_up((count + chunks - 1) / chunks, kLanes));
    problem.inputs = blocking.inputs > 0 ? blocking.inputs : 384;
    problem.fold = blocking.fold >= 0 ? blocking.fold : 64;
    gram_all_rows(problem, rows, q_count, g, blocking);
}

}  // namespace HWY_NAMESPACE
}  // namespace tepui::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tepui::kernels {

HWY_EXPORT(gram);

void weighted_gram_blocked(const double* xt, Size ldx, Size count, Size d, const GramRow* rows, Size q_count,
                           Size pair_begin, Size pair_end, double* g, Size ldg,
                           const GramBlocking& blocking) {
    TEPUI_DISPATCH(gram)(xt, ldx, count, d, rows, q_count, pair_begin, pair_end, g, ldg, blocking);
}

void weighted_gram(const double* xt, Size ldx, Size count, Size d, const GramRow* rows, Size q_count,
                   Size pair_begin, Size pair_end, double* g, Size ldg) {
    weighted_gram_blocked(xt, ldx, count, d, rows, q_count, pair_begin, pair_end, g, ldg, {});
}

}  // namespace tepui::kernels
#endif  // HWY_ONCE
