#include "classification/infinity/separation.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "classification/infinity/sample_blocks.hpp"
#include "classification/infinity/side_cone.hpp"
#include "linalg/linear_program.hpp"
#include "network/model/evaluable.hpp"

namespace tepui {
std::vector<double> coefficients_of(const BoundaryNetwork& limit) {
    std::vector<double> result;
    for (Size u = 0; u < Size(limit.units.size()); ++u)
        for (Size q = 0; q < shape_of(limit.units[u].kind).coefficients; ++q)
            for (Size o = 0; o < limit.output_count; ++o) result.push_back(limit.coefficient(u, q, o));
    for (Size o = 0; limit.output_bias && o < limit.output_count; ++o)
        result.push_back(limit.parameters[limit.rest_at() + o]);
    for (Size j = 0; limit.skip && j < limit.inputs; ++j)
        for (Size o = 0; o < limit.output_count; ++o)
            result.push_back(limit.parameters[limit.skip_at() + o * limit.inputs + j]);
    return result;
}

BoundaryNetwork with_coefficients(BoundaryNetwork limit, const std::vector<double>& of) {
    auto from = of.begin();
    for (Size u = 0; u < Size(limit.units.size()); ++u)
        for (Size q = 0; q < shape_of(limit.units[u].kind).coefficients; ++q)
            for (Size o = 0; o < limit.output_count; ++o) limit.coefficient(u, q, o) = *from++;
    for (Size o = 0; limit.output_bias && o < limit.output_count; ++o)
        limit.parameters[limit.rest_at() + o] = *from++;
    for (Size j = 0; limit.skip && j < limit.inputs; ++j)
        for (Size o = 0; o < limit.output_count; ++o)
            limit.parameters[limit.skip_at() + o * limit.inputs + j] = *from++;
    return limit;
}

namespace {

// Outputs of a class and another closer than this, in some sample, are told apart at a finite distance.
constexpr double kApart = 3.0;
// How many times the bound on the rounding of an output a difference must be.
constexpr double kDoubt = 4.0;

Size feature_count(const BoundaryNetwork& limit) {
    Size count = (limit.output_bias ? 1 : 0) + (limit.skip ? limit.inputs : 0);
    for (const BoundaryUnit& unit : limit.units) count += shape_of(unit.kind).coefficients;
    return count;
}

// [n][features]
Matrix features_of(const Dataset& data, const BoundaryNetwork& limit) {
    Matrix features(data.samples(), feature_count(limit));
    UnitRows rows;
    for_sample_blocks(data, [&](const SampleBlock& block) {
        Size at = 0;
        for (Size u = 0; u < Size(limit.units.size()); ++u) {
            evaluate_unit(limit, u, block.first, block.count, block.x.data(), rows);
            for (Size q = 0; q < shape_of(limit.units[u].kind).coefficients; ++q, ++at)
                for (Size k = 0; k < block.count; ++k)
                    features(block.first + k, at) = rows.value[q * block.count + k];
        }
        for (Size k = 0; limit.output_bias && k < block.count; ++k) features(block.first + k, at) = 1.0;
        at += limit.output_bias ? 1 : 0;
        for (Size j = 0; limit.skip && j < limit.inputs; ++j)
            for (Size k = 0; k < block.count; ++k)
                features(block.first + k, at + j) = block.x[k * limit.inputs + j];
    });
    return features;
}

// Numbers groups from 0 in the order of their first class.
Size number(std::vector<Size>& group) {
    std::vector<Size> names;
    for (Size& of : group) {
        const auto at = std::find(names.begin(), names.end(), of);
        const Size name = Size(at - names.begin());
        if (at == names.end()) names.push_back(of);
        of = name;
    }
    return Size(names.size());
}

// The coefficients with each output's replaced by the mean of its group.
std::vector<double> group_means(const BoundaryNetwork& limit, const std::vector<Size>& group) {
    std::vector<double> direction = coefficients_of(limit);
    const Size outputs = limit.output_count;
    if (outputs == 1) return direction;
    for (std::size_t first = 0; first < direction.size(); first += outputs) {
        std::vector<double> sum(std::size_t(outputs), 0.0), members(std::size_t(outputs), 0.0);
        for (Size o = 0; o < outputs; ++o) {
            sum[group[o]] += direction[first + o];
            members[group[o]] += 1.0;
        }
        for (Size o = 0; o < outputs; ++o) direction[first + o] = sum[group[o]] / members[group[o]];
    }
    return direction;
}

// Output o of sample k; of one output class 1 has it and class 0 has 0.
double output(const double* f, Size outputs, Size k, Size o) {
    return outputs > 1 ? f[k * outputs + o] : o == 1 ? f[k] : 0.0;
}

// The direction of the linear program, for functions of all groups but the first.
std::optional<std::vector<double>> widest_margin(const Dataset& data, const BoundaryNetwork& limit,
                                                 const std::vector<Size>& labels,
                                                 const std::vector<Size>& group, Size groups) {
    if (!linalg::has_linear_programs()) return std::nullopt;
    const Matrix features = features_of(data, limit);
    const Size count = features.cols(), columns = (groups - 1) * count, outputs = limit.output_count;
    // Columns of one size: what the program calls zero is relative to them.
    std::vector<double> size(std::size_t(count), 0.0);
    for (Size k = 0; k < features.rows(); ++k)
        for (Size q = 0; q < count; ++q) size[q] = std::max(size[q], std::abs(features(k, q)));
    std::set<std::vector<double>> rows;
    for (Size k = 0; k < data.samples(); ++k) {
        if (data.weight(k) == 0.0) continue;
        const Size own = group[labels[k]];
        for (Size other = 0; other < groups; ++other) {
            if (other == own) continue;
            std::vector<double> row(std::size_t(columns), 0.0);
            for (Size q = 0; q < count; ++q) {
                const double value = size[q] > 0.0 ? features(k, q) / size[q] : 0.0;
                if (own > 0) row[(own - 1) * count + q] = value;
                if (other > 0) row[(other - 1) * count + q] = -value;
            }
            rows.insert(std::move(row));
        }
    }
    Matrix matrix(Size(rows.size()), columns);
    Size at = 0;
    for (const std::vector<double>& row : rows) std::copy(row.begin(), row.end(), matrix.row(at++));
    const std::optional<SideCone::Found> found = SideCone(std::move(matrix), Matrix(0, columns)).interior();
    if (!found || !found->strictly()) return std::nullopt;
    std::vector<double> direction(std::size_t(count * outputs), 0.0);
    for (Size o = 0; o < outputs; ++o) {
        const Size of = outputs == 1 ? group[1] : group[o];
        for (Size q = 0; of > 0 && q < count; ++q)
            if (size[q] > 0.0) direction[q * outputs + o] = found->v[(of - 1) * count + q] / size[q];
    }
    return direction;
}

}  // namespace

std::optional<std::vector<Size>> classes_of(const Dataset& data) {
    const LossKind kind = data.loss().kind();
    const Size outputs = data.outputs();
    if (!(kind == LossKind::softmax && outputs > 1) && !(kind == LossKind::logistic && outputs == 1))
        return std::nullopt;
    std::vector<Size> classes(std::size_t(data.samples()), 0);
    for (Size k = 0; k < data.samples(); ++k) {
        for (Size o = 0; o < outputs; ++o) {
            const double y = data.target(k, o);
            if (y == 1.0 && classes[k] >= 0) classes[k] = outputs == 1 ? 1 : o;
            if (y != 0.0 && y != 1.0) classes[k] = -1;
        }
    }
    return classes;
}

std::optional<std::vector<Size>> labels_of(const Dataset& data) {
    std::optional<std::vector<Size>> classes = classes_of(data);
    if (classes && std::find(classes->begin(), classes->end(), -1) != classes->end()) return std::nullopt;
    return classes;
}

BoundaryOutputs outputs_along(const Dataset& data, const BoundaryNetwork& limit,
                              const std::vector<double>& direction, const std::vector<double>& hidden) {
    BoundaryOutputs along = boundary_outputs(data, with_coefficients(limit, direction));
    if (hidden.empty()) return along;
    const Size units = Size(limit.units.size());
    std::vector<double> coefficients = coefficients_of(limit);
    std::fill(coefficients.begin() + units * limit.output_count, coefficients.end(), 0.0);
    BoundaryNetwork moved = with_coefficients(limit, coefficients);
    for (Size u = 0; u < units; ++u) moved.set_weights(u, 0, hidden.data() + u * limit.inputs);
    const BoundaryOutputs by_hidden = boundary_outputs(data, moved);
    for (Size at = 0; at < along.f.size(); ++at) {
        along.f[at] += by_hidden.f[at];
        along.f_error[at] += by_hidden.f_error[at];
    }
    return along;
}

double margin_along(const Dataset& data, const BoundaryNetwork& limit, const std::vector<Size>& labels,
                    const std::vector<Size>& group, const std::vector<double>& direction,
                    const std::vector<double>& hidden) {
    BoundaryOutputs along;
    try {
        along = outputs_along(data, limit, direction, hidden);
    } catch (const Error& error) {
        if (!cannot_evaluate(error)) throw;
        return 0.0;
    }
    const Size outputs = limit.output_count;
    double least = HUGE_VAL, most = 0.0;
    for (Size k = 0; k < data.samples(); ++k) {
        if (data.weight(k) == 0.0) continue;
        const auto of = [&](Size o) { return output(along.f.data(), outputs, k, o); };
        for (Size o = 0; o < Size(group.size()); ++o) {
            if (group[o] == group[labels[k]]) continue;
            const double difference = of(labels[k]) - of(o);
            const double doubt = output(along.f_error.data(), outputs, k, labels[k]) +
                                 output(along.f_error.data(), outputs, k, o);
            least = std::min(least, difference - kDoubt * doubt);
            most = std::max(most, difference);
        }
    }
    return most > 0.0 ? least / most : 0.0;
}

std::vector<double> leads_along(const Dataset& data, const BoundaryNetwork& limit,
                                const std::vector<Size>& labels, const std::vector<double>& direction) {
    const BoundaryOutputs along = boundary_outputs(data, with_coefficients(limit, direction));
    const Size outputs = limit.output_count;
    std::vector<double> result;
    for (Size k = 0; k < data.samples(); ++k) {
        double least = labels[k] < 0 ? 0.0 : HUGE_VAL;
        for (Size o = 0; o < std::max<Size>(outputs, 2) && labels[k] >= 0; ++o) {
            if (o == labels[k]) continue;
            const auto of = [&](const Buffer<double>& f, Size output_of) {
                return output(f.data(), outputs, k, output_of);
            };
            const double doubt = of(along.f_error, labels[k]) + of(along.f_error, o);
            least = std::min(least, of(along.f, labels[k]) - of(along.f, o) - kDoubt * doubt);
        }
        result.push_back(std::max(least, 0.0));
    }
    return result;
}

std::optional<Separation> separation_of(const Dataset& data, const BoundaryNetwork& limit,
                                        const std::vector<Size>& labels, std::vector<Size> group) {
    const Size groups = number(group);
    if (groups < 2 || feature_count(limit) == 0) return std::nullopt;
    std::optional<std::vector<double>> direction = group_means(limit, group);
    double margin = margin_along(data, limit, labels, group, *direction);
    if (!(margin > 0.0)) {
        direction = widest_margin(data, limit, labels, group, groups);
        if (!direction) return std::nullopt;
        margin = margin_along(data, limit, labels, group, *direction);
        if (!(margin > 0.0)) return std::nullopt;
    }
    Separation result;
    result.margin = margin;
    result.direction = std::move(*direction);
    std::vector<Size> members(std::size_t(groups), 0);
    for (const Size of : group) ++members[of];
    for (const Size label : labels) result.samples += members[group[label]] == 1 ? 1 : 0;
    result.group = std::move(group);
    return result;
}

std::vector<Size> groups_told_apart(const std::vector<Size>& labels, Size outputs, const double* f,
                                    bool means) {
    const Size classes = std::max<Size>(outputs, 2), n = Size(labels.size());
    std::vector<Size> group(std::size_t(classes), 0);
    std::iota(group.begin(), group.end(), Size(0));
    const auto join = [&](Size a, Size b) {
        const Size from = group[b], to = group[a];
        for (Size& of : group)
            if (of == from) of = to;
    };
    const auto output = [&](Size k, Size o) { return tepui::output(f, outputs, k, o); };
    double least = HUGE_VAL;
    for (Size k = 0; k < n; ++k)
        for (Size o = 0; o < classes; ++o)
            if (o != labels[k]) least = std::min(least, output(k, labels[k]) - output(k, o));
    if (least > 0.0) return group;  // each by itself
    for (Size k = 0; k < n; ++k)
        for (Size o = 0; o < classes; ++o)
            if (o != labels[k] && output(k, labels[k]) - output(k, o) < kApart) join(labels[k], o);
    for (bool changed = means; changed;) {
        changed = false;
        for (Size k = 0; k < n && !changed; ++k) {
            std::vector<double> mean(std::size_t(classes), 0.0), members(std::size_t(classes), 0.0);
            for (Size o = 0; o < classes; ++o) {
                mean[group[o]] += output(k, o);
                members[group[o]] += 1.0;
            }
            const Size own = group[labels[k]];
            for (Size o = 0; o < classes && !changed; ++o) {
                if (group[o] == own) continue;
                if (mean[own] / members[own] - mean[group[o]] / members[group[o]] > 0.0) continue;
                join(labels[k], o);
                changed = true;
            }
        }
    }
    number(group);
    return group;
}

}  // namespace tepui
