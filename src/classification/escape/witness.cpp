#include "classification/escape/witness.hpp"

#include <cmath>

#include "classification/escape/loss_change.hpp"

namespace tepui {
namespace {

// The line search along one curve. Steps are tried in units of the one that changes a preactivation by about
// 1 (or, when no weight moves, the outputs by about the residuals): beyond it the leading order says nothing,
// far below it rounding hides the change.
struct LineSearch {
    Witness* witness;
    double unit = 1.0, epsilon = 0.0;
    LossChange change;

    bool proven() const { return change.value < -change.error; }
};

double natural_step(const Displacement& motion, double residual_size) {
    if (motion.preactivation > 0.0 && std::isfinite(motion.preactivation)) return 1.0 / motion.preactivation;
    if (motion.output > 0.0 && std::isfinite(motion.output) && residual_size > 0.0)
        return residual_size / motion.output;
    return 1.0;
}

class LineSearches {
  public:
    LineSearches(const Dataset& data, const PointResiduals& residuals, const Execution& execution)
        : data_(data), residuals_(residuals), execution_(execution) {}

    void run(std::span<Witness* const> witnesses) {
        for (Witness* witness : witnesses) searches_.push_back({witness, 1.0, 0.0, {}});
        find_units();
        by_values();
        with_errors();
        for (const LineSearch& search : searches_) settle(search);
        searches_.clear();
    }

  private:
    static constexpr int kLargest = 4, kUsual = -3, kSmallest = -12, kTiniest = -40;

    static std::vector<double> around(double centre) {
        return {centre * 0.59, centre * 0.71, centre * 0.84, centre * 1.19, centre * 1.41, centre * 1.68};
    }

    // The lowest value, and its error alone: half the work where the fall is far beyond rounding. Small steps
    // are tried where large ones leave off falling last.
    void by_values() {
        try_steps([](const LineSearch& search) { return powers_of_two(search.unit, kLargest, kUsual); },
                  false);
        try_steps(
            [](const LineSearch& search) {
                const bool smaller =
                    !(search.change.value < 0.0 && search.epsilon > std::ldexp(search.unit, kUsual));
                return smaller ? powers_of_two(search.unit, kUsual - 1, kSmallest) : std::vector<double>{};
            },
            false);
        try_steps(
            [](const LineSearch& search) {
                return search.change.value < 0.0 ? around(search.epsilon) : std::vector<double>{};
            },
            false);
        std::vector<double> lowest;
        for (LineSearch& search : searches_) {
            lowest.push_back(search.change.value < 0.0 ? search.epsilon : 0.0);
            search.epsilon = 0.0;
            search.change = {};
        }
        const LineSearch* const first = searches_.data();
        try_steps([&](const LineSearch& search) {
            const double step = lowest[&search - first];
            return step > 0.0 ? std::vector<double>{step} : std::vector<double>{};
        });
    }

    // Those that this has not proven to fall: every step by its error.
    void with_errors() {
        std::vector<bool> open;
        for (LineSearch& search : searches_) {
            open.push_back(!search.proven());
            if (open.back()) search.epsilon = 0.0, search.change = {};
        }
        const auto among = [&](auto steps_of) {
            return [&, steps_of](const LineSearch& search) {
                const bool asked = open[&search - searches_.data()];
                return asked ? steps_of(search) : std::vector<double>{};
            };
        };
        try_steps(
            among([](const LineSearch& search) { return powers_of_two(search.unit, kLargest, kSmallest); }));
        try_steps(among([](const LineSearch& search) {
            return search.proven() ? std::vector<double>{}
                                   : powers_of_two(search.unit, kSmallest - 1, kTiniest);
        }));
        for (LineSearch& search : searches_)  // every larger step overflows
            if (search.epsilon == 0.0) search.epsilon = std::ldexp(search.unit, kTiniest);
        try_steps(among([](const LineSearch& search) { return around(search.epsilon); }));
    }

    static std::vector<double> powers_of_two(double unit, int from, int to) {
        std::vector<double> steps;
        for (int k = from; k >= to; --k) steps.push_back(std::ldexp(unit, k));
        return steps;
    }

    void find_units() {
        std::vector<std::vector<double>> points;
        for (const LineSearch& search : searches_) points.push_back(search.witness->curve(1.0));
        std::vector<Moves> moves;
        for (std::size_t q = 0; q < searches_.size(); ++q)
            moves.push_back({&searches_[q].witness->base, {&points[q], 1}});
        const std::vector<Displacement> found = displacements(data_, moves, execution_);
        for (std::size_t q = 0; q < searches_.size(); ++q)
            searches_[q].unit = natural_step(found[q], residuals_.size);
    }

    // In one pass. steps: of one search; those without a step rest.
    template <class Steps>
    void try_steps(Steps&& steps_of, bool with_error = true) {
        std::vector<std::vector<double>> steps, points;
        for (const LineSearch& search : searches_) {
            steps.push_back(steps_of(search));
            for (const double step : steps.back()) points.push_back(search.witness->curve(step));
        }
        if (points.empty()) return;
        std::vector<Moves> moves;
        std::size_t first = 0;
        for (std::size_t q = 0; q < searches_.size(); ++q) {
            moves.push_back({&searches_[q].witness->base, {points.data() + first, steps[q].size()}});
            first += steps[q].size();
        }
        const std::vector<LossChange> found = loss_changes(data_, residuals_, moves, with_error, execution_);
        std::size_t next = 0;
        for (std::size_t q = 0; q < searches_.size(); ++q) {
            for (const double step : steps[q]) take(searches_[q], step, found[next++]);
        }
    }

    static void take(LineSearch& search, double step, const LossChange& found) {
        if (!std::isfinite(found.value) || !std::isfinite(found.error)) return;
        if (search.epsilon != 0.0 && !falls_further(found, search.change)) return;
        search.epsilon = step;
        search.change = found;
    }

    static void settle(const LineSearch& search) {
        Witness& witness = *search.witness;
        witness.epsilon = search.epsilon;
        witness.point = witness.curve(search.epsilon);
        witness.predicted = witness.coefficient * std::pow(search.epsilon, witness.order);
        witness.measured = search.change.value;
        witness.measured_error = search.change.error;
    }

    const Dataset& data_;
    const PointResiduals& residuals_;
    const Execution& execution_;
    std::vector<LineSearch> searches_;
};

}  // namespace

void measure_witness(const Dataset& data, Witness& witness, const Execution& execution) {
    measure_witness(data, witness, point_residuals(data, witness.base, execution), execution);
}

void measure_witness(const Dataset& data, Witness& witness, const PointResiduals& residuals,
                     const Execution& execution) {
    Witness* const one = &witness;
    measure_witnesses(data, {&one, 1}, residuals, execution);
}

void measure_witnesses(const Dataset& data, std::span<Witness* const> witnesses,
                       const PointResiduals& residuals, const Execution& execution) {
    constexpr double kBytes = 64e6;      // of points that are held at a time
    constexpr double kMostSteps = 28.0;  // of one curve
    LineSearches searches(data, residuals, execution);
    std::size_t first = 0;
    while (first < witnesses.size()) {
        double bytes = 0.0;
        std::size_t count = 0;
        while (first + count < witnesses.size() && (count == 0 || bytes < kBytes)) {
            bytes += 8.0 * kMostSteps * static_cast<double>(witnesses[first + count]->base.parameters.size());
            ++count;
        }
        searches.run(witnesses.subspan(first, count));
        first += count;
    }
}

std::optional<Witness> best_measured(std::vector<Witness> witnesses, const Dataset& data,
                                     const PointResiduals& residuals, const Execution& execution) {
    std::vector<Witness*> all;
    for (Witness& witness : witnesses) all.push_back(&witness);
    measure_witnesses(data, all, residuals, execution);
    std::optional<Witness> best;
    for (Witness& witness : witnesses)
        if (witness.descends() && (!best || falls_further(witness.change(), best->change())))
            best = std::move(witness);
    return best;
}

}  // namespace tepui
