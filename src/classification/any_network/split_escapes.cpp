// Ways down from splits of a neuron that are saddles (MATH.md section 5): those of many splits at once, all
// of their steps in a few passes over the data.
#include "classification/escape/escape.hpp"
#include "classification/point/parts.hpp"

namespace tepui {
namespace {

// A direction of known curvature of H_i, either sign of it: the loss is even in it to leading order only.
struct Direction {
    std::vector<double> v;
    double lambda;
};

std::vector<Direction> curved_directions(const SpectralReport& inner) {
    std::vector<Direction> directions;
    for (const double sign : {1.0, -1.0}) {
        for (const bool negative : {true, false}) {
            Direction direction{negative ? inner.v_negative : inner.v_positive,
                                negative ? inner.curvature_negative : inner.curvature_positive};
            if (direction.v.empty()) continue;
            for (double& component : direction.v) component *= sign;
            directions.push_back(std::move(direction));
        }
    }
    return directions;
}

// Third or fourth order: along a null vector of H_i, everything else giving way.
std::optional<Witness> escape_along_null(const PointOnData& context, Size index, const Network& split,
                                         const NeuronReport& neuron, std::span<const double> gamma) {
    const Network& network = context.network();
    const auto respond = [&](const std::vector<double>& v) {
        const bool gives_way = network.parameter_count() <= kMostGivingWay;
        return fourth_order_response(context.data(), network, index, v, context.residuals(), neuron.inner.tau,
                                     gives_way ? &context.equilibrated() : nullptr,
                                     context.tolerances().rounding_factor);
    };
    if (!neuron.null_direction.empty()) {
        return escape_third_order(split, index, network.output(index), gamma, neuron.null_direction,
                                  neuron.third, respond(neuron.null_direction));
    }
    if (!neuron.fourth || check_gamma(gamma).zero > 0) return std::nullopt;
    FourthOrderSign found = fourth_order_sign(*neuron.fourth, gamma);
    if (found.sign != FormSign::negative) return std::nullopt;
    const double size = preactivation_size(context.data(), found.v, context.execution());
    if (!(size > 0.0)) return std::nullopt;
    for (double& component : found.v) component /= size;
    return escape_fourth_order(split, index, gamma, found.t, found.v, respond(found.v));
}

// One split and the best of the ways down measured so far.
struct Descent {
    const SplitAtSaddle* asked;
    Network split;
    std::vector<Direction> directions;
    std::optional<Witness> best;
};

// Curves that are measured together.
class Trials {
  public:
    void add(Descent& of, std::optional<Witness> witness) {
        if (!witness) return;
        witnesses_.push_back(std::move(*witness));
        owners_.push_back(&of);
    }
    void measure(const PointOnData& context) {
        std::vector<Witness*> all;
        for (Witness& witness : witnesses_) all.push_back(&witness);
        measure_witnesses(context.data(), all, context.residuals(), context.execution());
    }
    void keep_better() {
        for (std::size_t q = 0; q < witnesses_.size(); ++q) {
            std::optional<Witness>& best = owners_[q]->best;
            if (witnesses_[q].descends() && (!best || falls_further(witnesses_[q].change(), best->change())))
                best = std::move(witnesses_[q]);
        }
    }
    const Witness& operator[](std::size_t q) const { return witnesses_[q]; }
    std::size_t size() const noexcept { return witnesses_.size(); }

  private:
    std::vector<Witness> witnesses_;
    std::vector<Descent*> owners_;
};

class Descents {
  public:
    Descents(const PointOnData& context, std::span<const SplitAtSaddle> asked) : context_(context) {
        descents_.reserve(asked.size());
        for (const SplitAtSaddle& split : asked) {
            descents_.push_back({&split, split_neuron(context.network(), split.neuron, split.gamma),
                                 curved_directions(split.report->inner), std::nullopt});
        }
    }

    void run() {
        second_order();
        higher_order();
        by_a_zero();
    }
    std::optional<Witness> take(std::size_t index) { return std::move(descents_[index].best); }

  private:
    std::optional<Witness> apart(const Descent& of, const Network& from, std::span<const double> gamma,
                                 const Direction& direction, double slide) const {
        const Size neuron = of.asked->neuron;
        return escape_apart(from, neuron, context_.network().output(neuron), gamma, direction.v,
                            direction.lambda, slide);
    }

    void second_order() {
        Trials trials;
        for (Descent& descent : descents_) {
            for (const Direction& direction : descent.directions) {
                std::optional<Witness> found =
                    apart(descent, descent.split, descent.asked->gamma, direction, 1.0);
                if (found && found->order == 2) trials.add(descent, std::move(found));
            }
        }
        trials.measure(context_);
        trials.keep_better();
    }

    // Where second order has none: along null vectors, and from a zero coefficient. How fast to slide there
    // is taken from the best second-order step at a point of the plateau half a unit away, which the curve
    // then passes through.
    void higher_order() {
        struct Boundary {
            Descent* of;
            const Direction* direction;
            double amount;
        };
        std::vector<Boundary> boundaries;
        Trials beside, trials;
        for (Descent& descent : descents_) {
            if (descent.best) continue;
            const SplitAtSaddle& asked = *descent.asked;
            trials.add(descent,
                       escape_along_null(context_, asked.neuron, descent.split, *asked.report, asked.gamma));
            for (const Direction& direction : descent.directions) {
                const std::optional<Slide> slide = slide_off_boundary(asked.gamma, direction.lambda);
                if (!slide) continue;
                std::optional<Witness> found =
                    apart(descent, split_neuron(context_.network(), asked.neuron, slide->gamma), slide->gamma,
                          direction, 0.0);
                if (!found) continue;
                beside.add(descent, std::move(found));
                boundaries.push_back({&descent, &direction, slide->amount});
            }
        }
        beside.measure(context_);
        for (std::size_t q = 0; q < boundaries.size(); ++q) {
            const auto& [of, direction, amount] = boundaries[q];
            const double rate = beside[q].descends()
                                    ? amount / beside[q].epsilon
                                    : preactivation_size(context_.data(), direction->v, context_.execution());
            trials.add(*of, apart(*of, of->split, of->asked->gamma, *direction, rate));
        }
        trials.measure(context_);
        trials.keep_better();
    }

    // A zero coefficient makes a null neuron.
    void by_a_zero() {
        Trials trials;
        for (Descent& descent : descents_) {
            const std::span<const double> gamma = descent.asked->gamma;
            const auto zero = std::find(gamma.begin(), gamma.end(), 0.0);
            if (zero == gamma.end() ||
                (descent.best && (descent.best->order == 2 || descent.best->descends())))
                continue;
            const Size neuron = descent.asked->neuron;
            const std::optional<PsiDirection> leave = context_.psi().leave(neuron);
            if (!leave) continue;
            trials.add(descent, escape_null_neuron(descent.split,
                                                   neuron + static_cast<Size>(zero - gamma.begin()), *leave));
        }
        trials.measure(context_);
        trials.keep_better();
    }

    const PointOnData& context_;
    std::vector<Descent> descents_;
};

}  // namespace

std::vector<std::optional<Witness>> split_escapes(const PointOnData& context,
                                                  std::span<const SplitAtSaddle> splits) {
    constexpr double kBytes = 128e6;    // of split networks and curves that are held at a time
    constexpr double kNetworks = 16.0;  // that one split makes
    const double bytes = 8.0 * kNetworks * static_cast<double>(context.network().parameter_count() + 64);
    const auto together = static_cast<std::size_t>(std::max(1.0, kBytes / bytes));
    std::vector<std::optional<Witness>> found;
    for (std::size_t first = 0; first < splits.size(); first += together) {
        context.execution().report_or_throw("ways down",
                                            static_cast<double>(first) / static_cast<double>(splits.size()));
        const std::size_t count = std::min(together, splits.size() - first);
        Descents descents(context, splits.subspan(first, count));
        descents.run();
        for (std::size_t q = 0; q < count; ++q) found.push_back(descents.take(q));
    }
    return found;
}

}  // namespace tepui
