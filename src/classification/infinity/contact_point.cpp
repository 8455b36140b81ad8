#include "classification/infinity/contact_point.hpp"

#include <algorithm>
#include <cmath>

#include "network/model/evaluable.hpp"

namespace tepui {
namespace {

BoundaryNetwork with_outputs(const BoundaryNetwork& from, Size outputs) {
    BoundaryNetwork result = from;
    result.output_count = outputs;
    result.parameters.assign(std::size_t(result.parameter_count()), 0.0);
    for (Size u = 0; u < Size(from.units.size()); ++u)
        for (Size p = 0; p < shape_of(from.units[u].kind).forms; ++p)
            std::copy_n(from.parameters.begin() + from.form_at(u, p), from.form_size(u, p),
                        result.parameters.begin() + result.form_at(u, p));
    return result;
}

bool is_finite(const Matrix& a) {
    for (Size i = 0; i < a.rows(); ++i)
        if (!std::all_of(a.row(i), a.row(i) + a.cols(), [](double x) { return std::isfinite(x); }))
            return false;
    return true;
}

}  // namespace

std::vector<Size> feature_places(const BoundaryNetwork& network) {
    std::vector<Size> places;
    for (Size u = 0; u < Size(network.units.size()); ++u)
        for (Size q = 0; q < shape_of(network.units[u].kind).coefficients; ++q)
            places.push_back(network.coefficient_at(u, q));
    if (network.output_bias) places.push_back(network.rest_at());
    return places;
}

ContactProblem::ContactProblem(const Dataset& data, std::vector<Size> labels, std::vector<Size> group)
    : samples_(data.samples()),
      features_(data.features()),
      classes_(Size(group.size())),
      groups_(*std::max_element(group.begin(), group.end()) + 1),
      bias_(data.bias()),
      labels_(std::move(labels)),
      group_(std::move(group)),
      loss_(classes_) {
    std::vector<double> row(std::size_t(data.inputs()));
    for (Size k = 0; k < samples_; ++k) {
        data.sample(k, row.data());
        x_.insert(x_.end(), row.begin(), row.begin() + features_);
        weights_.push_back(data.weight(k));
    }
}

ContactProblem::Split ContactProblem::split(const BoundaryNetwork& limit) const {
    Split result{with_outputs(limit, classes_ + groups_), 0.0};
    const std::vector<Size> to = feature_places(result.network), from = feature_places(limit);
    std::vector<double>& parameters = result.network.parameters;
    for (std::size_t q = 0; q < from.size(); ++q) {
        std::vector<double> mean(std::size_t(groups_), 0.0), members(std::size_t(groups_), 0.0);
        for (Size o = 0; o < classes_; ++o) {
            mean[group_[o]] += limit.parameters[from[q] + o];
            members[group_[o]] += 1.0;
        }
        for (Size g = 0; g < groups_; ++g) mean[g] /= members[g];
        for (Size o = 0; o < classes_; ++o)
            parameters[to[q] + o] = limit.parameters[from[q] + o] - mean[group_[o]];
        for (Size g = 0; g < groups_; ++g) {
            parameters[to[q] + classes_ + g] = mean[g] - mean.back();
            result.size = std::max(result.size, std::abs(mean[g] - mean.back()));
        }
    }
    for (const Size q : to)
        for (Size g = 0; g < groups_ && result.size > 0.0; ++g) parameters[q + classes_ + g] /= result.size;
    return result;
}

BoundaryNetwork ContactProblem::inside(const BoundaryNetwork& network) const {
    BoundaryNetwork result = with_outputs(network, classes_);
    const std::vector<Size> from = feature_places(network), to = feature_places(result);
    for (std::size_t q = 0; q < from.size(); ++q) {
        for (Size o = 0; o < classes_; ++o) {
            double mean = 0.0, members = 0.0;
            for (Size other = 0; other < classes_; ++other) {
                if (group_[other] != group_[o]) continue;
                mean += network.parameters[from[q] + other];
                members += 1.0;
            }
            result.parameters[to[q] + o] = network.parameters[from[q] + o] - mean / members;
        }
    }
    return result;
}

std::vector<double> ContactProblem::direction(const BoundaryNetwork& network, double& size) const {
    std::vector<double> result;
    size = 0.0;
    Size still = 0;
    for (Size o = 0; o < classes_; ++o)
        if (std::count(group_.begin(), group_.end(), group_[o]) > 1) still = group_[o];
    for (const Size first : feature_places(network)) {
        const double* of = network.parameters.data() + first + classes_;
        for (Size o = 0; o < classes_; ++o) {
            result.push_back(of[group_[o]] - of[still]);
            size = std::max(size, std::abs(result.back()));
        }
    }
    for (double& of : result) of /= size;
    return result;
}

Dataset ContactProblem::lagrangian(const std::vector<Contact>& contacts) const {
    const Size outputs = classes_ + groups_;
    std::vector<double> targets(std::size_t(samples_ * outputs), 0.0);
    for (Size k = 0; k < samples_; ++k)
        for (Size o = 0; o < classes_; ++o)
            targets[k * outputs + o] = o == labels_[k]                   ? 1.0
                                       : group_[o] == group_[labels_[k]] ? 0.0
                                                                         : GroupedLoss::kOfAnotherGroup;
    for (const Contact& contact : contacts) {
        double* c = targets.data() + contact.sample * outputs + classes_;
        const double force = contact.multiplier / weights_[contact.sample];
        c[contact.group] += force;
        c[group_[labels_[contact.sample]]] -= force;
    }
    return with(targets, outputs, loss_);
}

Dataset ContactProblem::given() const {
    std::vector<double> targets(std::size_t(samples_ * classes_), 0.0);
    for (Size k = 0; k < samples_; ++k) targets[k * classes_ + labels_[k]] = 1.0;
    return with(targets, classes_, softmax_loss());
}

Dataset ContactProblem::with(const std::vector<double>& targets, Size outputs, const Loss& loss) const {
    DatasetSource source;
    source.samples = samples_;
    source.features = source.ldx = features_;
    source.x = x_.data();
    source.targets = targets.data();
    source.weights = weights_.data();
    source.outputs = outputs;
    source.loss = &loss;
    return Dataset(source, true, bias_, LossScaling::sum);
}

ContactProblem::Margins ContactProblem::margins(const BoundaryNetwork& network) const {
    return margins(boundary_outputs(lagrangian({}), network));
}

ContactProblem::Margins ContactProblem::margins(const BoundaryOutputs& outputs) const {
    const Size count = classes_ + groups_;
    Margins result{std::vector<double>(std::size_t(samples_ * groups_), HUGE_VAL),
                   std::vector<double>(std::size_t(samples_ * groups_), 0.0)};
    for (Size k = 0; k < samples_; ++k) {
        const Size own = k * count + classes_ + group_[labels_[k]];
        for (Size g = 0; g < groups_; ++g) {
            if (g == group_[labels_[k]] || weights_[k] == 0.0) continue;
            const Size other = k * count + classes_ + g;
            result.value[k * groups_ + g] = outputs.f[own] - outputs.f[other];
            result.error[k * groups_ + g] = outputs.f_error[own] + outputs.f_error[other];
        }
    }
    return result;
}

double ContactProblem::make_largest_one(BoundaryNetwork& network) const {
    double size = 0.0;
    const std::vector<Size> places = feature_places(network);
    for (const Size first : places)
        for (Size g = 0; g < groups_; ++g)
            size = std::max(size, std::abs(network.parameters[first + classes_ + g]));
    if (!(size > 0.0)) throw Error(Status::numeric, "the motion of the groups vanishes");
    for (const Size first : places)
        for (Size g = 0; g < groups_; ++g) network.parameters[first + classes_ + g] /= size;
    return size;
}

FreeParameters ContactProblem::free_of(const BoundaryNetwork& network, const BoundarySums& sums) const {
    std::vector<bool> held(network.parameters.size(), false);
    Size largest = -1;
    for (const Size first : feature_places(network)) {
        for (Size g = 0; g < groups_; ++g)
            held[first + (std::find(group_.rbegin(), group_.rend(), g).base() - group_.begin() - 1)] = true;
        held[first + classes_ + groups_ - 1] = true;
        for (Size g = 0; g + 1 < groups_; ++g) {
            const Size at = first + classes_ + g;
            if (largest < 0 || std::abs(network.parameters[at]) > std::abs(network.parameters[largest]))
                largest = at;
        }
    }
    held[largest] = true;
    FreeParameters free = free_parameters(network, sums.magnitude, false);
    std::erase_if(free.at, [&](Size j) { return held[j]; });
    return free;
}

void ContactProblem::add_slopes(ContactPoint& point) const {
    const BoundaryNetwork& network = point.network;
    const Size inputs = network.inputs;
    Matrix all(Size(point.contacts.size()), network.parameter_count());
    std::vector<double> x(std::size_t(inputs), 1.0);
    UnitRows rows;
    for (Size a = 0; a < all.rows(); ++a) {
        const Contact& contact = point.contacts[a];
        std::copy_n(x_.begin() + contact.sample * features_, features_, x.begin());
        const Size own = classes_ + group_[labels_[contact.sample]], other = classes_ + contact.group;
        double* slope = all.row(a);
        for (Size u = 0; u < Size(network.units.size()); ++u) {
            evaluate_unit(network, u, contact.sample, 1, x.data(), rows);
            const UnitShape& shape = shape_of(network.units[u].kind);
            for (Size q = 0; q < shape.coefficients; ++q) {
                slope[network.coefficient_at(u, q, own)] += rows.value[q];
                slope[network.coefficient_at(u, q, other)] -= rows.value[q];
                const double d = network.coefficient(u, q, own) - network.coefficient(u, q, other);
                for (Size p = 0; p < shape.forms; ++p)
                    for (Size j = 0; j < network.form_size(u, p); ++j)
                        slope[network.form_at(u, p) + j] +=
                            d * rows.first[q * shape.forms + p] * rows.inputs[rows.inputs_begin[p] + j];
            }
        }
        if (network.output_bias) {
            slope[network.rest_at() + own] += 1.0;
            slope[network.rest_at() + other] -= 1.0;
        }
    }
    point.slopes = Matrix(all.rows(), Size(point.free.at.size()));
    for (Size a = 0; a < all.rows(); ++a)
        for (Size j = 0; j < point.slopes.cols(); ++j) point.slopes(a, j) = all(a, point.free.at[j]);
}

std::optional<ContactPoint> ContactProblem::at(BoundaryNetwork network, std::vector<Contact> contacts) const {
    try {
        network.normalise();
        const double size = make_largest_one(network);
        for (Contact& contact : contacts) {
            contact.multiplier *= size;
            if (!std::isfinite(contact.multiplier)) return std::nullopt;
        }
        const Dataset data = lagrangian(contacts);
        BoundarySums sums = boundary_sums(data, network);
        FreeParameters free = free_of(network, sums);
        ContactPoint point{
            std::move(network), std::move(contacts), std::move(sums), std::move(free), {}, {}, {}, 0.0};
        const Margins margins = this->margins(point.sums.outputs);
        point.loss = point.sums.outputs.loss.loss;
        for (const Contact& contact : point.contacts) {
            point.margin.push_back(margins.value[contact.sample * groups_ + contact.group]);
            point.margin_error.push_back(margins.error[contact.sample * groups_ + contact.group]);
            point.loss += contact.multiplier * point.margin.back();
        }
        add_slopes(point);
        if (!is_finite(point.slopes) || !is_finite(point.sums.hessian) || !std::isfinite(point.loss))
            return std::nullopt;
        return point;
    } catch (const Error& error) {
        if (!cannot_evaluate(error)) throw;
        return std::nullopt;
    }
}

double ContactProblem::height(const BoundaryOutputs& outputs, Size sample, Size group) const {
    const double* f = outputs.f.data() + sample * (classes_ + groups_);
    double top = -HUGE_VAL, sum = 0.0, mean = 0.0, members = 0.0;
    for (Size o = 0; o < classes_; ++o) {
        if (group_[o] != group) continue;
        top = std::max(top, f[o]);
        mean += f[o];
        members += 1.0;
    }
    for (Size o = 0; o < classes_; ++o)
        if (group_[o] == group) sum += std::exp(f[o] - top);
    return top - mean / members + std::log(sum);
}

std::vector<double> ContactProblem::behind(const ContactPoint& point) const {
    std::vector<double> result;
    for (const Contact& contact : point.contacts)
        result.push_back(height(point.sums.outputs, contact.sample, group_[labels_[contact.sample]]) -
                         height(point.sums.outputs, contact.sample, contact.group));
    return result;
}

double ContactProblem::across_groups(const ContactPoint& point, double size) const {
    const Margins margins = this->margins(point.sums.outputs);
    double sum = 0.0;
    for (Size k = 0; k < samples_; ++k) {
        double others = 0.0;
        for (Size g = 0; g < groups_; ++g) {
            const Size at = k * groups_ + g, own = group_[labels_[k]];
            if (g == own || weights_[k] == 0.0) continue;
            const double behind = height(point.sums.outputs, k, own) - height(point.sums.outputs, k, g);
            others += std::exp(-size * (margins.value[at] - 4.0 * margins.error[at]) - behind);
        }
        sum += weights_[k] * std::log1p(others);
    }
    return sum;
}

}  // namespace tepui
