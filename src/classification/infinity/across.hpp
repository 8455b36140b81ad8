// Whether the loss grows or falls from a limit network to the networks at finite weights that tend to it, a
// unit at a time (MATH.md section 13).
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "classification/infinity/boundary_sums.hpp"

namespace tepui {

enum class AcrossSign { grows, falls, open };

// How a unit is approached: the parameters of the networks that tend to it.
struct Approach {
    double step = 0.0;              // eps; 0: as the measurement likes
    std::vector<double> direction;  // saturated: v; empty: that of the unit
    std::vector<double> offset;     // rectified: u of w = v / eps + u; empty: 0
    std::vector<double> output;     // saturated: a, what it differs from that of the unit taken up by the
                                    // output bias; empty: that of the unit
    double shift = 0.0;             // linear: b0; asymptote: of the bias, beside -log(step)
    // exponential channel: step is that of the neurons parting, held that out of the tail (0: the same), or
    // the other way round where both leave the tail.
    double held = 0.0;
    bool leaves = false;  // quadratic: the two neurons part against v
    // exponential channel: not 0: the tails are step^2 (1 -+ lean), of the two neurons.
    double lean = 0.0;
};

struct Across {
    AcrossSign sign = AcrossSign::open;
    // What decided, and how well it is known: the derivative across of the smooth units; of the rectified and
    // saturated the term of the sample that decides.
    double value = 0.0, error = 0.0;
    Size sample = -1;    // that decides; -1: all do
    std::string reason;  // one clause for people: why it is open, or what decides
    Approach fall;       // falls: along which networks
};

// Known beyond its error, or open.
AcrossSign sign_of(double value, double error);
// Whether some unit has this sign.
bool any(const std::vector<Across>& across, AcrossSign sign);

inline Across undecided(std::string reason) {
    Across open;
    open.reason = std::move(reason);
    return open;
}

// outputs: of the network; slack: the same at the other point that may be the stationary one.
struct AcrossContext {
    const Dataset* data;
    const BoundaryNetwork* network;
    const BoundaryOutputs* outputs;
    const BoundaryNetwork* slack_network;
    const BoundaryOutputs* slack_outputs;
    double factor;  // Tolerances::rounding_factor
};
std::vector<Across> across(const AcrossContext& context);

// ---- Of one unit each ----
Across across_smooth(const AcrossContext& context, Size unit);     // channel, linear, exponential, cubic
Across across_rectified(const AcrossContext& context, Size unit);  // the nearest sample, or the kinks
Across across_saturated(const AcrossContext& context, Size unit);  // the samples that can be nearest
Across across_asymptote(const AcrossContext& context, Size unit);  // all samples, or the nearest
// A neuron whose output weights (of the network) grow, with all samples in its tail on that side. ahead:
// inputs of samples, not in the data, that it alone tells apart, rows.
Across across_growing(const AcrossContext& context, Size unit, int side, const Matrix& ahead);

inline constexpr char kOutweighed[] = "samples behind the nearest one pull more, as far out as doubles show";
// What tails z = s slope + offset with these signed pulls add up to where the nearest is as far out as
// doubles show, beside the nearest's tail: the nearest decides in the end, but all of them may have the other
// sign until nothing can be seen any more.
double visible_pull(const Activation& activation, std::span<const double> slope,
                    std::span<const double> offset, std::span<const double> value);

// g_k . a of sample k, and how far it may be wrong: rounding, and what the slack makes of it.
struct Pull {
    double value = 0.0, error = 0.0;
    double there = 0.0;  // at the other point that may be the stationary one
};
Pull pull(const AcrossContext& context, Size unit, Size coefficient, Size sample);

// Pulls of samples that are one for every direction, those with equal keys, summed.
struct PullGroups {
    std::vector<std::vector<double>> keys;
    std::vector<Pull> pull;
    std::vector<std::vector<Size>> members;

    void add(std::vector<double> key, const Pull& own, Size sample);

  private:
    std::map<std::vector<double>, std::size_t> seen_;
};

// Samples whose output a unit other than this one moves freely, by their preactivations on its hyperplane:
// what this one does to them at finite weights is taken up there. Of one output.
std::vector<bool> taken_up_elsewhere(const Dataset& data, const BoundaryNetwork& network, Size unit);

// Whether hidden biases are free: there is one, and the other units make the constant that it takes, an
// output bias or a unit that is the same in every sample.
bool has_free_bias(const BoundaryNetwork& network);

}  // namespace tepui
