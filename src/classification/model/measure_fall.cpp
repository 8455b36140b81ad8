// Ways down measured by the loss's own difference, decay included (MATH.md section 5).
#include <algorithm>
#include <cmath>
#include <limits>

#include "classification/model/model.hpp"
#include "core/compensated.hpp"
#include "core/rounding.hpp"
#include "network/derivatives/outputs.hpp"
#include "network/model/evaluable.hpp"

namespace tepui {
namespace {

class Falls {
  public:
    Falls(const Dataset& data, const Network& from, const Execution& execution)
        : data_(data),
          from_(from),
          execution_(execution),
          count_(checked_product(data.samples(), from.output_count)),
          f_(count_),
          error_(count_) {
        evaluate(from, f_, error_);
    }

    // Infinite where the loss cannot be evaluated.
    LossChange to(const std::vector<double>& parameters) const {
        Network there = from_;
        there.parameters = parameters;
        Buffer<double> f(count_), error(count_);
        try {
            evaluate(there, f, error);
        } catch (const Error& failure) {
            if (!cannot_evaluate(failure)) throw;
            return {std::numeric_limits<double>::infinity(), 0.0};
        }
        const Size outputs = from_.output_count;
        for (Size q = 0; q < count_; ++q) {
            error[q] += error_[q];
            f[q] -= f_[q];
        }
        std::vector<double> target(static_cast<std::size_t>(outputs));
        CompensatedSum sum;
        double bound = 0.0;
        for (Size k = 0; k < data_.samples(); ++k) {
            for (Size o = 0; o < outputs; ++o) target[o] = data_.target(k, o);
            const Size at = k * outputs;
            const Loss::Difference change =
                data_.loss().difference({outputs, f_.data() + at, error_.data() + at, target.data(),
                                         f.data() + at, error.data() + at});
            sum.add(data_.weight(k) * change.value);
            bound += data_.weight(k) * change.error;
        }
        constexpr double kUlps = 4.0 * kEps;
        data_.decay().each(from_, [&](Size p, double lambda) {
            const double before = from_.parameters[p], step = parameters[p] - before;
            sum.add(lambda * step * (before + 0.5 * step));
            bound += kUlps * lambda * std::abs(step) * (std::abs(before) + std::abs(parameters[p]));
        });
        return {sum.value(), bound};
    }

  private:
    void evaluate(const Network& network, Buffer<double>& f, Buffer<double>& error) const {
        OutputCollector collector({.f = f.data(), .f_error = error.data()});
        run_pass(data_, network, execution_, collector);
    }

    const Dataset& data_;
    const Network& from_;
    const Execution& execution_;
    Size count_;
    Buffer<double> f_, error_;
};

}  // namespace

void measure_fall(const Dataset& data, Witness& witness, const Execution& execution) {
    const Falls falls(data, witness.base, execution);
    const std::vector<double> unit = witness.curve(1.0);
    double step = 0.0, size = 0.0;
    for (std::size_t p = 0; p < unit.size(); ++p) {
        step = std::max(step, std::abs(unit[p] - witness.base.parameters[p]));
        size = std::max(size, std::abs(witness.base.parameters[p]));
    }
    const double largest = 4.0 * std::max(size, 1.0) / std::max(step, 1e-300);
    constexpr int kMostHalvings = 60, kEnough = 4;
    LossChange best{0.0, 0.0};
    int since = 0;
    for (int half = 0; half < kMostHalvings && (since < kEnough || !(best.value < -best.error)); ++half) {
        const double epsilon = std::ldexp(largest, -half);
        const LossChange change = falls.to(witness.curve(epsilon));
        ++since;
        if (!falls_further(change, best) && witness.epsilon != 0.0) continue;
        best = change;
        witness.epsilon = epsilon;
        since = 0;
    }
    witness.measured = best.value;
    witness.measured_error = best.error;
    witness.predicted = witness.coefficient * std::pow(witness.epsilon, witness.order);
    witness.point = witness.curve(witness.epsilon);
}

}  // namespace tepui
