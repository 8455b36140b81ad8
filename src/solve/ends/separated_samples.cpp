#include "solve/ends/separated_samples.hpp"

#include <algorithm>
#include <cmath>

#include "classification/directional/kinked_point.hpp"
#include "solve/ends/at_infinity.hpp"
#include "solve/ends/own_limit.hpp"
#include "solve/ends/remaining_data.hpp"
#include "solve/ends/sample_pulls.hpp"
#include "solve/relu/active_point.hpp"
#include "solve/relu/carrying.hpp"

namespace tepui {
namespace {

// Samples that the loss pulls by less than this, beside their weights, may be told apart: at first, and what
// it is multiplied by until they are.
constexpr double kIdle = 1e-3, kLess = 1e-3;
constexpr int kLooks = 4;
// Of the absolute terms of a difference of outputs: less may be rounding.
constexpr double kClear = 1e-9;

class Growth {
  public:
    Growth(const Dataset& data, const ActivePoint& point, const std::vector<Size>& labels)
        : data_(data), point_(point), labels_(labels), apart_(labels.size(), false) {}

    // The samples among those of least pull that neurons tell apart which all others leave at 0.
    bool find(double idle) {
        const std::vector<double> pulls = largest_pulls(data_, point_.sums.residuals);
        for (Size k = 0; k < data_.samples(); ++k)
            apart_[k] = labels_[k] >= 0 && pulls[k] <= idle * data_.weight(k);
        return settle();
    }
    // These samples; false unless neurons tell them all apart.
    bool take(const std::vector<bool>& apart) {
        apart_ = apart;
        return settle() && apart_ == apart;
    }

    const std::vector<bool>& apart() const noexcept { return apart_; }
    Size count() const {
        Size count = 0;
        for (Size k = 0; k < data_.samples(); ++k) count += apart_[k] && data_.weight(k) > 0.0 ? 1 : 0;
        return count;
    }
    // The output weights of these neurons, as they are, and nothing else.
    Separation separation() const {
        const Network& network = point_.network;
        Separation result;
        result.group.assign(std::max<Size>(network.output_count, 2), 0);
        result.samples = count();
        result.direction.assign(network.features() * network.output_count, 0.0);
        for (const Size i : growing_)
            for (Size o = 0; o < network.output_count; ++o)
                result.direction[i * network.output_count + o] = network.output(i, o);
        double least = HUGE_VAL, most = 0.0;
        for (Size k = 0; k < data_.samples(); ++k) {
            if (!apart_[k]) continue;
            const auto [low, high] = margins(k);
            least = std::min(least, low);
            most = std::max(most, high);
        }
        result.margin = least / most;
        return result;
    }

  private:
    // Takes out samples until the neurons that the others leave at 0 tell all that are left apart.
    bool settle() {
        for (bool changed = true; changed;) {
            changed = false;
            growing_.clear();
            for (Size i = 0; i < point_.network.width; ++i) {
                bool vanishes = true;
                for (Size k = 0; k < data_.samples() && vanishes; ++k)
                    vanishes = apart_[k] || feature(i, k) == 0.0;
                if (vanishes) growing_.push_back(i);
            }
            for (Size k = 0; k < data_.samples(); ++k) {
                if (!apart_[k] || margins(k).first > 0.0) continue;
                apart_[k] = false;
                changed = true;
            }
        }
        return !growing_.empty() && count() > 0;
    }

    double feature(Size i, Size k) const {
        const double z = point_.z(i, k);
        return z * (z >= 0.0 ? point_.sums.slopes.above : point_.sums.slopes.below);
    }
    // How far the growing neurons bring the sample's class above another: the least beyond rounding, and the
    // most.
    std::pair<double, double> margins(Size k) const {
        const Network& network = point_.network;
        const Size outputs = network.output_count;
        double least = HUGE_VAL, most = 0.0;
        for (Size o = 0; o < outputs; ++o) {
            if (outputs > 1 && o == labels_[k]) continue;
            double sum = 0.0, terms = 0.0;
            for (const Size i : growing_) {
                const double of = class_lead(network, i, labels_[k], o);
                sum += of * feature(i, k);
                terms += std::abs(of * feature(i, k));
            }
            least = std::min(least, sum - kClear * terms);
            most = std::max(most, sum);
        }
        return {least, most};
    }

    const Dataset& data_;
    const ActivePoint& point_;
    const std::vector<Size>& labels_;
    std::vector<bool> apart_;
    std::vector<Size> growing_;
};

std::optional<StartReport> judged_left(const SolveSetting& setting, const StartReport& report,
                                       const RunFrom& run, const std::vector<Size>& labels,
                                       const std::vector<bool>& apart) {
    const SampleInputs inputs(*setting.data);
    Remaining remaining;
    for (Size o = 0; o < setting.data->outputs(); ++o) remaining.classes.push_back(o);
    for (Size k = 0; k < setting.data->samples(); ++k)
        if (!apart[k]) remaining.samples.push_back(k);
    const Dataset rest = data_of(*setting.data, inputs, remaining);
    const InputMetric metric = measure_inputs(rest);
    SolveSetting of_rest = setting;
    of_rest.data = &rest;
    of_rest.metric = &metric;
    StartReport found = run(of_rest, report.point);
    if (found.outcome != StartOutcome::converged) return std::nullopt;
    const std::optional<ActivePoint> there =
        active_point(setting, found.point, KinkSets(static_cast<std::size_t>(found.point.width)));
    if (!there) return std::nullopt;
    Growth growth(*setting.data, *there, labels);
    if (!growth.take(apart)) return std::nullopt;
    EndReport end = kinked_end(of_rest, found);
    end.separation = growth.separation();
    StartReport result = report;
    result.iterations += found.iterations;
    return at_infinity(std::move(result), std::move(end));
}

}  // namespace

bool has_idle_samples(const SolveSetting& setting, const Network& point) {
    const Dataset& data = *setting.data;
    if (!classes_of(data)) return false;
    const std::vector<double> pulls = largest_pulls(data, point, setting.execution);
    for (Size k = 0; k < data.samples(); ++k)
        if (pulls[k] <= setting.options->tolerances.stationarity * data.weight(k)) return true;
    return false;
}

std::optional<StartReport> judged_without_samples(const SolveSetting& setting, const StartReport& report,
                                                  const RunFrom& run) {
    const std::optional<std::vector<Size>> labels = classes_of(*setting.data);
    if (!labels || report.point.skip) return std::nullopt;
    StartReport from = report;
    if (setting.data->loss().shift_invariant()) share_nothing(from.point);
    const std::optional<ActivePoint> point =
        active_point(setting, from.point, KinkSets(static_cast<std::size_t>(from.point.width)));
    if (!point) return std::nullopt;
    std::vector<bool> before;
    double idle = kIdle;
    for (int look = 0; look < kLooks; ++look, idle *= kLess) {
        Growth growth(*setting.data, *point, *labels);
        if (!growth.find(idle)) return std::nullopt;
        if (growth.apart() == before) continue;
        before = growth.apart();
        std::optional<StartReport> judged = judged_left(setting, from, run, *labels, before);
        if (judged) return judged;
    }
    return std::nullopt;
}

}  // namespace tepui
