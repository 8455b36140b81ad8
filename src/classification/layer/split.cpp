#include <algorithm>
#include <string>

#include "classification/layer/layer.hpp"
#include "classification/point/parts.hpp"
#include "core/text.hpp"

namespace tepui {
namespace {

CountBounds times(Size count, const CountBounds& each) {
    return {count * each.least, count * each.most};
}

}  // namespace

// With rho = rank Psi_i: (r - 1) rho + (p - 1) n- + q n+ negative eigenvalues more, and (r - 1) (K - rho) +
// zeta (d - rho) + (p + q - 1) n0 zero ones. H_i was counted on a kernel that has at most `open` dimensions
// too many (Cauchy's interlacing).
IndexBounds added_index(const NeuronShape& shape, const GammaSigns& signs, Size outputs, Size unseen) {
    const CountBounds& rank = shape.slopes.rank;
    const Size open = rank.most - rank.least, d = shape.order + shape.slopes.range.rows();
    const SignCounts inner = shape.signs();
    const auto block = [&](Size certain) {
        return CountBounds{rank.least + certain, std::min(d, rank.least + certain + inner.open + open)};
    };
    const CountBounds kernel{std::max(outputs - rank.most, outputs - rank.least - 2 * open + inner.zero),
                             outputs - rank.least + inner.zero + inner.open};
    const CountBounds zero_share{outputs + d - 2 * rank.most, outputs + d - 2 * rank.least};
    IndexBounds added;
    added.morse_index += times(signs.positive - 1, block(inner.negative));
    added.morse_index += times(signs.negative, block(inner.positive));
    added.morse_index += times(signs.zero, rank);
    added.nullity += times(signs.positive + signs.negative - 1, kernel);
    added.nullity += times(signs.zero, zero_share);
    const Size more = signs.positive + signs.negative + signs.zero - 1;
    added.nullity += CountBounds{more * unseen, more * unseen};
    return added;
}

void require_stationary(const LayerReport& report) {
    if (report.decayed)
        throw Error(Status::unsupported,
                    "the data set has weight decay: daughters (w, gamma a) of a neuron are not stationary "
                    "(it pulls at each of their weights in full), so there is no plateau to judge");
    if (report.kink)
        throw Error(Status::unsupported,
                    "a preactivation is zero where the slope of its activation jumps: the loss has no second "
                    "derivatives there, and no split is judged");
    if (report.stationary) return;
    throw Error(Status::not_stationary, "the layer is not stationary: its relative gradient is " +
                                            number_text(report.gradient_relative) + ", at most " +
                                            number_text(report.stationarity_tolerance) + " is expected");
}

LayerSplit classify_layer_split(const LayerReport& report, Size neuron, std::span<const double> gamma) {
    require_stationary(report);
    const LayerNeuron& one = report.neurons[static_cast<std::size_t>(neuron)];
    LayerSplit split;
    split.signs = check_gamma(gamma);
    split.rule = one.plateau.rule;
    if (contains(one.plateau.saddles, split.signs)) {
        split.verdict = Verdict::saddle;
        if (one.plateau.type == PlateauType::undetermined) split.rule = Rule::lemma_4;
    } else if (contains(one.plateau.minima, split.signs)) {
        split.verdict = Verdict::local_minimum;
    }
    split.added =
        added_index(one.shape, split.signs, report.layer.output_count, report.layer.inputs - report.rank);
    if (report.narrow.index) {
        split.index = *report.narrow.index;
        *split.index += split.added;
    }
    return split;
}

}  // namespace tepui
