#include "solve/ends/given_end.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "classification/infinity/end_verdict.hpp"
#include "solve/ends/classes_left.hpp"
#include "solve/ends/hyperplane.hpp"

namespace tepui {
namespace {

constexpr double kSameLoss = 1e-8;
// Root mean square difference of outputs, over their size.
constexpr double kSameOutputs = 1e-4;

// Weights are mapped by the space as those of a neuron.
std::vector<double> outward(const SearchSpace& space, const BoundaryUnit& unit,
                            const std::vector<double>& w) {
    Network carrier(unit.activation, 1, Size(w.size()));
    std::copy(w.begin(), w.end(), carrier.weights(0));
    carrier = space.outward(carrier);
    return {carrier.weights(0), carrier.weights(0) + carrier.inputs};
}

// Of every sample, where it is the same in all; else 0.
double last_input(const Dataset& data) {
    if (data.bias()) return 1.0;
    std::vector<double> x(std::size_t(data.inputs()));
    data.sample(0, x.data());
    const double value = x.back();
    for (Size k = 1; k < data.samples(); ++k) {
        data.sample(k, x.data());
        if (x.back() != value) return 0.0;
    }
    return value;
}

// Of each given sample the one inside that has its inputs; -1: none has.
std::vector<Size> samples_inside(const SearchSpace& space) {
    const Dataset &merged = space.merged(), &given = space.given();
    std::map<std::vector<double>, Size> at;
    std::vector<double> x(std::size_t(given.inputs()));
    for (Size k = 0; k < merged.samples(); ++k) {
        merged.sample(k, x.data());
        at.emplace(x, k);
    }
    std::vector<Size> inside(std::size_t(given.samples()), -1);
    for (Size k = 0; k < given.samples(); ++k) {
        given.sample(k, x.data());
        if (const auto found = at.find(x); found != at.end()) inside[std::size_t(k)] = found->second;
    }
    return inside;
}

// What is on the hyperplane of v, and on which side of it: as inside. A sample that is not there is where v
// has it.
void place_samples(const SampleInputs& inputs, const std::vector<double>& v, const std::vector<Size>& inside,
                   const BoundaryUnit& unit_inside, BoundaryUnit& unit) {
    const std::vector<double> z = inputs.preactivations(v.data());
    unit.kept.clear();
    if (unit.kind == UnitKind::saturated) unit.side.assign(z.size(), 0);
    for (std::size_t k = 0; k < z.size(); ++k) {
        const Size there = inside[k];
        if (there >= 0 && std::binary_search(unit_inside.kept.begin(), unit_inside.kept.end(), there))
            unit.kept.push_back(Size(k));
        else if (unit.kind == UnitKind::saturated)
            unit.side[k] = there >= 0 ? unit_inside.side[std::size_t(there)] : z[k] > 0.0 ? 1 : -1;
    }
}

// A given sample with the inputs and the class of this one.
Size given_sample(const SearchSpace& space, Size sample) {
    const Dataset &merged = space.merged(), &given = space.given();
    if (merged.samples() == given.samples()) return sample;
    std::vector<double> of(std::size_t(given.inputs())), x(of.size());
    merged.sample(sample, of.data());
    for (Size k = 0; k < given.samples(); ++k) {
        given.sample(k, x.data());
        bool equal = x == of && given.weight(k) > 0.0;
        for (Size o = 0; equal && o < given.outputs(); ++o)
            equal = given.target(k, o) == merged.target(sample, o);
        if (equal) return k;
    }
    return -1;
}

bool same(const EndReport& a, const std::vector<double>& f_a, const EndReport& b,
          const std::vector<double>& f_b) {
    if (a.rule == b.rule && (a.rule == EndRule::zero_loss || a.rule == EndRule::separated)) return true;
    if (a.separation.has_value() != b.separation.has_value()) return false;
    if (a.separation && a.separation->group != b.separation->group) return false;
    if (!(std::abs(a.loss - b.loss) <= kSameLoss * std::abs(a.loss)) || a.verdict != b.verdict) return false;
    std::vector<UnitKind> of_a, of_b;
    for (const BoundaryUnit& unit : a.limit.units) of_a.push_back(unit.kind);
    for (const BoundaryUnit& unit : b.limit.units) of_b.push_back(unit.kind);
    std::sort(of_a.begin(), of_a.end());
    std::sort(of_b.begin(), of_b.end());
    if (of_a != of_b) return false;
    double difference = 0.0, size = 0.0;
    for (std::size_t k = 0; k < f_a.size(); ++k) {
        difference += (f_a[k] - f_b[k]) * (f_a[k] - f_b[k]);
        size += f_a[k] * f_a[k];
    }
    return difference <= kSameOutputs * kSameOutputs * size;
}

// The outputs of every sample, less what they share where the loss does not see it. Where classes are told
// apart those alone that are left to the sample.
std::vector<double> outputs_of(const Dataset& data, const EndReport& end) {
    const Buffer<double> found = boundary_outputs(data, end.limit).f;
    std::vector<double> f(found.span().begin(), found.span().end());
    const Size outputs = end.limit.output_count;
    ClassesLeft left(data.samples(), std::max<Size>(outputs, 2));
    if (end.separation && end.separation->contacts.empty()) left = classes_left(data, end);
    const bool shift = data.loss().shift_invariant();
    for (Size k = 0; k < data.samples(); ++k) {
        double* row = f.data() + k * outputs;
        double mean = 0.0;
        for (Size o = 0; o < outputs; ++o) mean += left.at(k, o) ? row[o] / double(left.count(k)) : 0.0;
        for (Size o = 0; o < outputs; ++o)
            row[o] = !left.counts(k) || !left.at(k, o) ? 0.0 : shift ? row[o] - mean : row[o];
    }
    return f;
}

void copy_coefficients(const BoundaryNetwork& from, BoundaryNetwork& to) {
    for (Size u = 0; u < Size(to.units.size()); ++u)
        for (Size q = 0; q < shape_of(to.units[u].kind).coefficients; ++q)
            for (Size o = 0; o < to.output_count; ++o) to.coefficient(u, q, o) = from.coefficient(u, q, o);
}

// Output biases, and skip connections as those of the given inputs.
void copy_beside_units(const SearchSpace& space, const BoundaryNetwork& inside, BoundaryNetwork& given) {
    if (given.output_bias)
        std::copy_n(inside.parameters.begin() + inside.rest_at(), given.output_count,
                    given.parameters.begin() + given.rest_at());
    for (Size o = 0; given.skip && o < given.output_count; ++o) {
        const auto from = inside.parameters.begin() + inside.skip_at() + o * inside.inputs;
        const std::vector<double> row = outward(space, given.units.front(), {from, from + inside.inputs});
        std::copy(row.begin(), row.end(), given.parameters.begin() + given.skip_at() + o * given.inputs);
    }
}

}  // namespace

std::shared_ptr<const EndReport> outward(const SearchSpace& space, const EndReport& inside) {
    auto end = std::make_shared<EndReport>(inside);
    end->loss += space.left_out();
    const SampleInputs inputs(space.given());
    const std::vector<Size> placed = space.as_given() ? std::vector<Size>() : samples_inside(space);
    BoundaryNetwork given = inside.limit;
    given.inputs = space.given().inputs();
    given.bias_value = inside.limit.bias_value != 0.0 ? last_input(space.given()) : 0.0;
    for (BoundaryUnit& unit : given.units)
        for (auto& basis : unit.bases) basis.reset();
    given.parameters.assign(std::size_t(given.parameter_count()), 0.0);
    for (Size u = 0; u < Size(given.units.size()); ++u) {
        BoundaryUnit& unit = given.units[u];
        const UnitShape& shape = shape_of(unit.kind);
        for (Size p = 0; p < shape.forms; ++p)
            given.set_weights(u, p, outward(space, unit, inside.limit.weights(u, p)).data());
        if (space.as_given()) continue;
        if (u < Size(end->across.size())) {
            Approach& fall = end->across[u].fall;
            for (std::vector<double>* w : {&fall.direction, &fall.offset})
                if (!w->empty()) *w = outward(space, unit, *w);
        }
        if (unit.kind == UnitKind::saturated) {
            unit.direction = outward(space, unit, unit.direction);
            place_samples(inputs, unit.direction, placed, inside.limit.units[u], unit);
        } else if (unit.kind == UnitKind::rectified) {
            place_samples(inputs, given.weights(u, 0), placed, inside.limit.units[u], unit);
        }
    }
    copy_coefficients(inside.limit, given);
    copy_beside_units(space, inside.limit, given);
    if (!space.as_given()) end->fitted.clear();
    for (std::size_t k = 0; k < placed.size(); ++k)
        if (std::binary_search(inside.fitted.begin(), inside.fitted.end(), placed[k]))
            end->fitted.push_back(Size(k));
    if (end->separation) {
        const BoundaryNetwork motion = with_coefficients(inside.limit, end->separation->direction);
        BoundaryNetwork direction = given;
        copy_coefficients(motion, direction);
        copy_beside_units(space, motion, direction);
        direction.normalise();
        end->separation->direction = coefficients_of(direction);
        std::vector<double> hidden;
        for (Size u = 0; u * inside.limit.inputs < Size(end->separation->hidden.size()); ++u) {
            const auto from = end->separation->hidden.begin() + u * inside.limit.inputs;
            const std::vector<double> row =
                outward(space, given.units[u], {from, from + inside.limit.inputs});
            hidden.insert(hidden.end(), row.begin(), row.end());
        }
        end->separation->hidden = std::move(hidden);
        for (Contact& contact : end->separation->contacts)
            contact.sample = given_sample(space, contact.sample);
    }
    given.normalise();
    end->limit = std::move(given);
    if (end->separation && end->separation->contacts.empty()) {
        const ClassesLeft left = classes_left(space.given(), *end);
        end->separation->samples = end->separation->partly = 0;
        for (Size k = 0; k < left.samples(); ++k) {
            end->separation->samples += left.counts(k) ? 0 : 1;
            const bool partly = left.counts(k) && !left.sees_group(k, end->separation->group);
            end->separation->partly += partly ? 1 : 0;
        }
    }
    if (end->way) end->way->network = space.outward(end->way->network);
    if (space.data().samples() != space.given().samples())
        for (Across& across : end->across) across.sample = -1;
    return end;
}

std::vector<DistinctEnd> distinct_ends(const Dataset& data, std::vector<StartReport>& starts) {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < starts.size(); ++i)
        if (starts[i].end) order.push_back(i);
    std::sort(order.begin(), order.end(), [&](std::size_t i, std::size_t j) {
        return std::tie(starts[i].loss, i) < std::tie(starts[j].loss, j);
    });
    std::vector<DistinctEnd> ends;
    std::vector<std::vector<double>> outputs;
    for (const std::size_t i : order) {
        std::vector<double> f = outputs_of(data, *starts[i].end);
        std::size_t at = 0;
        while (at < ends.size() && !same(*ends[at].end, outputs[at], *starts[i].end, f)) ++at;
        if (at == ends.size()) {
            ends.push_back({starts[i].end, 0});
            outputs.push_back(std::move(f));
        }
        ++ends[at].hits;
        starts[i].distinct_end = Size(at);
    }
    return ends;
}

}  // namespace tepui
