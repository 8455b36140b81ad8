// The loss along a path of parameters: a parabola between kinks, whose slope and curvature change by one
// sample's terms at each of them. Where its minimum lies on a kink the path goes on along that kink.
#include <algorithm>
#include <cmath>
#include <limits>

#include "core/euclidean.hpp"
#include "solve/relu/active_point.hpp"
#include "solve/relu/outputs_on_path.hpp"

namespace tepui {
namespace {

constexpr double kDependent = 1e-9;  // of a sample's length, beside what is held already
constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct Crossing {
    double t;
    Size neuron, sample;
    int leg;  // of the neuron's path that it was found on
};
// For a heap with the nearest crossing on top; ties in a fixed order.
bool farther(const Crossing& p, const Crossing& q) {
    if (p.t != q.t) return p.t > q.t;
    return p.neuron != q.neuron ? p.neuron > q.neuron : p.sample > q.sample;
}

// One neuron's straight piece of the path.
struct Leg {
    int number = 0;
    double since = 0.0;
    std::vector<std::vector<double>> normals;  // what it holds, orthonormal in unit coordinates
    bool prepared = false;
};

class LossOnPath {
  public:
    LossOnPath(const SolveSetting& setting, const ActivePoint& point, const ParameterStep& direction,
               KinkSets held)
        : data_(*setting.data),
          metric_(*setting.metric),
          point_(point),
          network_(point.network),
          direction_(direction),
          z_(point.z.copy()),
          change_(all_preactivations(data_, direction.data(), network_.width)),
          above_(network_.width * data_.samples()),
          outputs_(data_, point.sums.residuals),
          legs_(network_.width) {
        minimum_.step.assign(direction.size(), 0.0);
        minimum_.held = std::move(held);
        for (Size i = 0; i < network_.width; ++i) {
            for (const Size k : minimum_.held[i]) change_(i, k) = 0.0;
            for (Size k = 0; k < data_.samples(); ++k) {
                const double z = z_(i, k), q = change_(i, k);
                above(i, k) = z > 0.0 || (z == 0.0 && q > 0.0);
                turn(i, k, slope_of(i, k) * q);
                for (Size o = 0; o < network_.output_count; ++o)
                    outputs_.rate(k, o) += output_change(i, o) * slope_of(i, k) * z;
                if (z != 0.0) add_crossing(i, k);
            }
        }
        add_beside();
        std::make_heap(crossings_.begin(), crossings_.end(), farther);
        sum_up();
    }

    PathMinimum first_minimum(Size most_bends, double longest) && {
        for (Size bends = 0; slope_ < 0.0 || (slope_ == 0.0 && curvature_ < 0.0);) {
            while (!crossings_.empty() && stale(crossings_.front())) pop();
            const double bottom = curvature_ > 0.0 ? time_ - slope_ / curvature_ : kInfinity;
            const double next = crossings_.empty() ? kInfinity : crossings_.front().t;
            const double to = std::min({bottom, next, longest});
            if (!std::isfinite(to)) break;
            const double length = to - time_;
            minimum_.decrease -= length * (slope_ + 0.5 * length * curvature_);
            time_ = to;
            if (bottom <= next || longest <= next) break;
            slope_ += length * curvature_;
            const Crossing crossing = pop();
            if (slope_ + rise(crossing) < 0.0) {
                cross(crossing);
            } else {
                const bool goes_on = bends++ < most_bends && bend(crossing);
                hold(crossing);
                if (!goes_on) break;
            }
        }
        for (Size i = 0; i < network_.width; ++i) walk(i);
        for (std::size_t p = network_.width * network_.inputs; p < direction_.size(); ++p)
            minimum_.step[p] = time_ * direction_[p];
        minimum_.length = time_;
        return std::move(minimum_);
    }

  private:
    char& above(Size i, Size k) { return above_[i * data_.samples() + k]; }
    double slope_of(Size i, Size k) {
        const Slopes& slopes = point_.sums.slopes;
        return above(i, k) != 0 ? slopes.above : slopes.below;
    }
    double output_change(Size i, Size o) const { return direction_[network_.coefficient(i, o)]; }
    double parameter_now(Size p) const {
        const Size weights = network_.width * network_.inputs;
        const double since = p < weights ? legs_[p / network_.inputs].since : 0.0;
        return network_.parameters[p] + minimum_.step[p] + (time_ - since) * direction_[p];
    }
    double output_now(Size i, Size o) const { return network_.output(i, o) + time_ * output_change(i, o); }

    // Sigma(z_ik) changes by `rate` more per unit of time.
    void turn(Size i, Size k, double rate) {
        if (rate == 0.0) return;
        for (Size o = 0; o < network_.output_count; ++o) {
            outputs_.rate(k, o) += output_now(i, o) * rate;
            if (output_change(i, o) != 0.0) outputs_.bend(k, o) += 2.0 * output_change(i, o) * rate;
        }
    }

    // What output biases and skip connections change.
    void add_beside() {
        const Size first = network_.coefficient(network_.width, 0), outputs = network_.output_count;
        if (std::all_of(direction_.begin() + first, direction_.end(), [](double p) { return p == 0.0; }))
            return;
        const Size skips = network_.width + (network_.output_bias ? 1 : 0);
        std::vector<double> x(network_.inputs);
        for (Size k = 0; k < data_.samples(); ++k) {
            if (network_.skip) data_.sample(k, x.data());
            for (Size o = 0; o < outputs; ++o) {
                double& rate = outputs_.rate(k, o);
                if (network_.output_bias) rate += output_change(network_.width, o);
                for (Size j = 0; network_.skip && j < network_.inputs; ++j)
                    rate += output_change(skips + j, o) * x[j];
            }
        }
    }

    // When the preactivation comes to 0, if it moves there.
    void add_crossing(Size i, Size k) {
        const double q = change_(i, k);
        if (q == 0.0 || (above(i, k) != 0) == (q > 0.0)) return;
        const Leg& leg = legs_[i];
        crossings_.push_back({leg.since + std::max(0.0, -z_(i, k) / q), i, k, leg.number});
    }
    bool stale(const Crossing& crossing) const { return crossing.leg != legs_[crossing.neuron].number; }
    Crossing pop() {
        std::pop_heap(crossings_.begin(), crossings_.end(), farther);
        const Crossing crossing = crossings_.back();
        crossings_.pop_back();
        return crossing;
    }

    void sum_up() {
        slope_ = curvature_ = 0.0;
        data_.decay().each(network_, [&](Size p, double lambda) {
            slope_ += lambda * parameter_now(p) * direction_[p];
            curvature_ += lambda * direction_[p] * direction_[p];
        });
        for (Size k = 0; k < data_.samples(); ++k) {
            slope_ += outputs_.slope(k, time_);
            curvature_ += outputs_.curvature(k);
        }
    }

    // How much more the sample's sigma(z_ik) changes per unit of time behind its crossing: by 2 beta |q|.
    double jump(const Crossing& crossing) const {
        return 2.0 * point_.sums.slopes.kink() * std::abs(change_(crossing.neuron, crossing.sample));
    }
    double rise(const Crossing& crossing) {
        double sum = 0.0;
        outputs_.bring_up(crossing.sample, time_);
        for (Size o = 0; o < network_.output_count; ++o)
            sum += outputs_.pull(crossing.sample, o) * output_now(crossing.neuron, o);
        return sum * jump(crossing);
    }
    void cross(const Crossing& crossing) {
        const Size i = crossing.neuron, k = crossing.sample;
        slope_ += rise(crossing);
        curvature_ -= outputs_.curvature(k);
        turn(i, k, jump(crossing));
        curvature_ += outputs_.curvature(k);
        if (!outputs_.bends()) curvature_ = std::max(0.0, curvature_);
        char& side = above(i, k);
        side = side == 0;
    }

    void hold(const Crossing& crossing) {
        std::vector<Size>& set = minimum_.held[crossing.neuron];
        set.insert(std::lower_bound(set.begin(), set.end(), crossing.sample), crossing.sample);
    }

    // The neuron's weights and preactivations up to now.
    void walk(Size i) {
        Leg& leg = legs_[i];
        const double length = time_ - leg.since;
        const Size d = data_.inputs();
        for (Size j = 0; j < d; ++j) minimum_.step[i * d + j] += length * direction_[i * d + j];
        for (Size k = 0; k < data_.samples(); ++k) z_(i, k) += length * change_(i, k);
        leg.since = time_;
        ++leg.number;
    }

    // The part of the sample's covector that the held ones leave; empty when that is nothing.
    std::vector<double> new_normal(Size i, Size sample) {
        Leg& leg = legs_[i];
        if (!leg.prepared) {
            const std::vector<Size>& held = minimum_.held[i];
            leg.normals = held == point_.kinks[i] ? point_.faces[i].normals()
                                                  : KinkFace(data_, metric_, held).normals();
            leg.prepared = true;
        }
        std::vector<double> normal = unit_covector(data_, metric_, sample);
        const double whole = norm_of(normal);
        for (int pass = 0; pass < 2; ++pass) {
            for (const std::vector<double>& other : leg.normals) {
                double component = 0.0;
                for (std::size_t r = 0; r < normal.size(); ++r) component += other[r] * normal[r];
                for (std::size_t r = 0; r < normal.size(); ++r) normal[r] -= component * other[r];
            }
        }
        const double left = norm_of(normal);
        if (!(left > kDependent * whole)) return {};
        for (double& component : normal) component /= left;
        return normal;
    }

    // Turns the neuron's direction into the face of one more kink, by the shortest change in unit
    // coordinates. False: it cannot.
    bool bend(const Crossing& crossing) {
        const Size i = crossing.neuron, d = data_.inputs();
        const std::vector<double> normal = new_normal(i, crossing.sample);
        if (normal.empty()) return false;
        walk(i);
        z_(i, crossing.sample) = 0.0;
        std::vector<double> off(d, 0.0), x(d);  // the normal as weights
        for (Size j = 0; j < d; ++j) {
            for (Size r = 0; r < d; ++r) off[j] += metric_.to_weights(j, r) * normal[r];
        }
        data_.sample(crossing.sample, x.data());
        double reach = 0.0;
        for (Size j = 0; j < d; ++j) reach += off[j] * x[j];
        const double share = change_(i, crossing.sample) / reach;
        for (Size j = 0; j < d; ++j) direction_[i * d + j] -= share * off[j];
        legs_[i].normals.push_back(normal);

        Matrix fresh = all_preactivations(data_, direction_.data() + i * d, 1);
        for (const Size k : minimum_.held[i]) fresh(0, k) = 0.0;
        fresh(0, crossing.sample) = 0.0;
        for (Size k = 0; k < data_.samples(); ++k) {
            outputs_.bring_up(k, time_);
            turn(i, k, slope_of(i, k) * (fresh(0, k) - change_(i, k)));
            change_(i, k) = fresh(0, k);
            const std::size_t before = crossings_.size();
            add_crossing(i, k);
            if (crossings_.size() > before) std::push_heap(crossings_.begin(), crossings_.end(), farther);
        }
        sum_up();
        return true;
    }

    const Dataset& data_;
    const InputMetric& metric_;
    const ActivePoint& point_;
    const Network& network_;
    ParameterStep direction_;
    Matrix z_, change_;  // preactivations where the neuron's leg begins, and per unit of time
    std::vector<char> above_;
    OutputsOnPath outputs_;
    std::vector<Leg> legs_;
    std::vector<Crossing> crossings_;
    PathMinimum minimum_;
    double time_ = 0.0, slope_ = 0.0, curvature_ = 0.0;
};

}  // namespace

PathMinimum minimise_along(const SolveSetting& setting, const ActivePoint& point,
                           const ParameterStep& direction, KinkSets held, Size most_bends, double longest) {
    return LossOnPath(setting, point, direction, std::move(held)).first_minimum(most_bends, longest);
}

}  // namespace tepui
