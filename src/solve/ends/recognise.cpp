#include "solve/ends/recognise.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "classification/infinity/activation_ends.hpp"
#include "classification/infinity/activation_jet.hpp"
#include "solve/ends/hyperplane.hpp"
#include "solve/ends/limit_units.hpp"

namespace tepui {
namespace {

// How far samples may be from a hyperplane and still keep a finite preactivation: tried one after the other.
constexpr double kReaches[] = {9.0, 5.0, 2.5, 14.0, 1.0, 0.0};
// Of these the one at which samples farther out are kept, too, that those nearer span: one such limit is
// enough.
constexpr double kSpanning = 5.0;
constexpr double kSaturated = 12.0;  // beyond, sigma is its limit to ten digits
constexpr double kLeastLeft = 2.5;   // beyond, on one side, a neuron with samples on a plane may be a step
constexpr double kSteep = 40.0;
constexpr double kTail = -2.5;        // below, softplus is e^z to four percent
constexpr double kCurvedTail = -3.0;  // below, gelu and silu turn into exponentials
constexpr double kStraight = 1e-4;    // sigma(z) - z of a neuron that is taken for linear
constexpr double kCurved = 0.05;      // sigma'' of one whose square may be completed
// Preactivations of neurons that meet differ by less, root mean square.
constexpr double kMeeting = 0.7;

class Guess : public Neurons {
  public:
    Guess(const Neurons& neurons, bool spanned) : Neurons(neurons), spanned_(spanned) {}

    // How many neurons may become one unit, and how fast their outputs may grow.
    enum class Meeting { none, pairs, groups };
    // squares: what may be one is taken for a square, and not for linear or finite.
    std::vector<Role> roles(double reach, Meeting meeting, bool squares) {
        std::vector<Role> roles(neurons_.size());
        for (Size i = 0; i < network_.width; ++i)
            roles[i] = squares && may_be_square(i) ? Role{UnitKind::square, {}, {}} : alone_once(i, reach);
        if (meeting == Meeting::groups) group(roles);
        if (meeting != Meeting::none) pair_up(roles);
        return roles;
    }

  private:
    const Role& alone_once(Size i, double reach) {
        const auto [at, is_new] = alone_.try_emplace({i, reach});
        if (is_new) at->second = alone(i, reach);
        return at->second;
    }
    Role alone(Size i, double reach) const {
        const Neuron& neuron = neurons_[i];
        const Activation& activation = network_.activation_of(i);
        const ActivationEnds ends = ends_of(activation);
        if (is_in_tail(neuron, activation)) return {.kind = UnitKind::exponential, .others = {}, .kept = {}};
        if (std::optional<Role> one_sided = kept_on_a_plane(neuron, ends, reach)) return *one_sided;
        if ((ends.saturates && neuron.size() > kSaturated) || (ends.rectifies && neuron.size() > kSteep)) {
            std::optional<std::vector<Size>> kept = samples_within(inputs_, neuron.z, reach);
            if (kept)
                return {.kind = ends.saturates ? UnitKind::saturated : UnitKind::rectified,
                        .others = {},
                        .kept = std::move(*kept)};
        }
        const TaylorAtZero taylor = taylor_at_zero(activation);
        if (taylor.of[0] == 0.0 && taylor.of[1] != 0.0 && neuron.size() < kVanishing)
            return {.kind = UnitKind::linear, .others = {}, .kept = {}};
        if (network_.output_bias && has_bias() &&
            (is_flat(neuron) || (ends.rectifies && neuron.least > 0.0 &&
                                 std::abs(tail(activation, 1, neuron.least)) < kStraight)))
            return {.kind = UnitKind::linear, .others = {}, .kept = {}};
        return {};
    }

    // A step whose hyperplane holds many samples, as where an input takes few values; or what rectifies, with
    // all samples that are not on it to the left.
    std::optional<Role> kept_on_a_plane(const Neuron& neuron, const ActivationEnds& ends,
                                        double reach) const {
        const bool far = ends.saturates ? neuron.size() > kSaturated
                                        : ends.rectifies && reach >= kLeastLeft && neuron.least < -reach;
        if (!far) return std::nullopt;
        const double high = ends.saturates ? reach : HUGE_VAL;
        std::optional<std::vector<Size>> kept = samples_on_a_plane(inputs_, neuron.z, -reach, high);
        if (!kept) return std::nullopt;
        const bool near = std::all_of(kept->begin(), kept->end(), [&](Size k) {
            return neuron.z[std::size_t(k)] >= -reach && neuron.z[std::size_t(k)] <= high;
        });
        if (!near && (!spanned_ || reach != kSpanning)) return std::nullopt;
        return Role{UnitKind::saturated, {}, std::move(*kept)};
    }

    // Whether sigma is an exponential there but for a few percent.
    bool is_in_tail(const Neuron& neuron, const Activation& activation) const {
        const ActivationEnds ends = ends_of(activation);
        if (ends.curved_tail) return has_bias() && neuron.most < kCurvedTail;
        if (ends.exponential.rate == 0.0 || !has_bias() || (ends.low != 0.0 && !moves_constants()))
            return false;
        return ends.exponential.rate * neuron.most < kTail ||
               (mirrored(activation) && ends.exponential.rate * neuron.least > -kTail);
    }

    bool may_be_square(Size i) const {
        return network_.output_bias && has_bias() &&
               neurons_[i].most - neurons_[i].least < 5.0 * kVanishing &&
               extremum_of(network_.activation_of(i)) && std::abs(expansion(i).second) > kCurved;
    }
    // Output biases, or skip connections of the bias, take up what a tail does not tend to 0 by.
    bool moves_constants() const { return network_.output_bias || (network_.skip && has_bias()); }
    bool in_curved_tail(Size i) const { return ends_of(network_.activation_of(i)).curved_tail; }

    bool mirrored(const Activation& activation) const {
        const ActivationEnds ends = ends_of(activation);
        return ends.mirrors && (ends.mirror == 0.0 || moves_constants());
    }

    // Whether the output bias takes up all but the linear part.
    bool is_flat(const Neuron& neuron) const { return neuron.most - neuron.least < kVanishing; }

    void pair_up(std::vector<Role>& roles) const {
        struct Pair {
            double distance;
            Size i, j;
            UnitKind kind;
        };
        std::vector<Pair> pairs;
        for (Size i = 0; i < network_.width; ++i) {
            for (Size j = i + 1; j < network_.width; ++j) {
                if (network_.activation_of(i).kind() != network_.activation_of(j).kind()) continue;
                if (!roles[i].others.empty() || !roles[j].others.empty()) continue;
                if (roles[i].kind == UnitKind::exponential && roles[j].kind == UnitKind::exponential) {
                    const double distance = separation_in_tail(i, j);
                    if (distance < kMeeting && !in_curved_tail(i))
                        pairs.push_back({distance, i, j, UnitKind::exponential_channel});
                    continue;
                }
                const bool linear = roles[i].kind == UnitKind::linear && roles[j].kind == UnitKind::linear;
                if (!linear && (roles[i].kind != UnitKind::neuron || roles[j].kind != UnitKind::neuron))
                    continue;
                const double distance = separation(i, j, linear);
                if (linear && distance < 0.05 && network_.output_count == 1 &&
                    taylor_at_zero(network_.activation_of(i)).of[2] == 0.0)
                    pairs.push_back({distance, i, j, UnitKind::cubic});
                if (!linear && distance < kMeeting && cancel({i, j}))
                    pairs.push_back({distance, i, j, UnitKind::channel});
            }
        }
        std::sort(pairs.begin(), pairs.end(),
                  [](const Pair& a, const Pair& b) { return a.distance < b.distance; });
        for (const Pair& pair : pairs) {
            if (!roles[pair.i].others.empty() || !roles[pair.j].others.empty()) continue;
            roles[pair.i] = {pair.kind, {pair.j}, {}};
            roles[pair.j] = {pair.kind, {pair.i}, {}};
        }
    }

    // Three neurons that meet, pairs in one tail, pairs that vanish beside an output bias: with outputs that
    // grow like the square of what they are apart.
    void group(std::vector<Role>& roles) const {
        struct Group {
            double distance;
            std::vector<Size> members;
            UnitKind kind;
        };
        std::vector<Group> groups;
        const auto alike = [&](Size i, Size j) {
            return network_.activation_of(i).kind() == network_.activation_of(j).kind();
        };
        for (Size i = 0; i < network_.width; ++i) {
            for (Size j = i + 1; j < network_.width; ++j) {
                if (!alike(i, j)) continue;
                if (roles[i].kind == UnitKind::exponential && roles[j].kind == UnitKind::exponential) {
                    const double distance = separation_in_tail(i, j);
                    if (distance < kMeeting && !in_curved_tail(i))
                        groups.push_back({distance, {i, j}, UnitKind::exponential_pair});
                } else if (const double distance = separation_of_vanishing(i, j); distance < kMeeting) {
                    groups.push_back({distance, {i, j}, UnitKind::quadratic});
                }
                for (Size k = j + 1; k < network_.width; ++k) {
                    if (!alike(i, k) || !has_jet(network_.activation_of(i)) || !cancel({i, j, k})) continue;
                    if (roles[i].kind == UnitKind::exponential || roles[j].kind == UnitKind::exponential ||
                        roles[k].kind == UnitKind::exponential)
                        continue;
                    const double distance =
                        std::max({separation(i, j, false), separation(i, k, false), separation(j, k, false)});
                    if (distance < 2.0 * kMeeting)
                        groups.push_back({distance, {i, j, k}, UnitKind::triple_channel});
                }
            }
        }
        std::sort(groups.begin(), groups.end(),
                  [](const Group& a, const Group& b) { return a.distance < b.distance; });
        for (const Group& of : groups) {
            if (std::any_of(of.members.begin(), of.members.end(),
                            [&](Size i) { return !roles[i].others.empty(); }))
                continue;
            for (const Size i : of.members) {
                roles[i] = {of.kind, {}, {}};
                for (const Size j : of.members)
                    if (j != i) roles[i].others.push_back(j);
            }
        }
    }

    bool spanned_;
    std::map<std::pair<Size, double>, Role> alone_;
};

bool runs_off(const std::vector<Role>& roles) {
    return std::any_of(roles.begin(), roles.end(),
                       [](const Role& role) { return role.kind != UnitKind::neuron; });
}

}  // namespace

std::vector<BoundaryNetwork> recognise(const SampleInputs& inputs, const InputMetric& metric,
                                       const Network& network, const std::vector<bool>& idle, bool spanned) {
    if (!std::all_of(network.parameters.begin(), network.parameters.end(),
                     [](double x) { return std::isfinite(x); }))
        return {};
    std::vector<BoundaryNetwork> limits;
    if (!idle.empty()) limits = recognise(inputs, metric, network, {}, spanned);
    Guess guess(Neurons(inputs, metric, network, idle), spanned);
    std::vector<std::vector<Role>> tried;
    const auto add = [&](std::vector<Role> roles) {
        if (!runs_off(roles) || std::find(tried.begin(), tried.end(), roles) != tried.end()) return;
        if (std::optional<BoundaryNetwork> limit = limit_of(guess, roles))
            limits.push_back(std::move(*limit));
        tried.push_back(std::move(roles));
    };
    for (const bool squares : {true, false})
        for (const Guess::Meeting meeting :
             {Guess::Meeting::groups, Guess::Meeting::pairs, Guess::Meeting::none})
            for (const double reach : kReaches) add(guess.roles(reach, meeting, squares));
    // All but one: what looks as if it ran off may have come to rest far out.
    for (std::size_t i = 0; i < std::size_t(network.width); ++i) {
        for (const bool squares : {true, false}) {
            for (const Guess::Meeting meeting : {Guess::Meeting::groups, Guess::Meeting::pairs}) {
                std::vector<Role> roles = guess.roles(kReaches[0], meeting, squares);
                if (roles[i].kind == UnitKind::neuron) continue;
                for (const Size other : std::vector<Size>(roles[i].others)) roles[std::size_t(other)] = {};
                roles[i] = {};
                add(std::move(roles));
            }
        }
    }
    return limits;
}

}  // namespace tepui
