#include "solve/ends/approach_path.hpp"

#include <algorithm>
#include <cmath>

#include "classification/infinity/contact_verdict.hpp"
#include "core/rounding.hpp"
#include "network/derivatives/objective.hpp"

namespace tepui {
namespace {

// Powers of 2: from weights of the limit's own size to where channels differ from it by rounding alone.
constexpr int kFirst = -3, kLast = 20;

std::vector<Approach> approaches_of(const EndReport& end) {
    std::vector<Approach> approaches = approaches_to(end.limit, end.across);
    for (std::size_t u = 0; u < end.across.size(); ++u)
        if (end.across[u].sign == AcrossSign::falls) approaches[u] = end.across[u].fall;
    return approaches;
}

LossChange change_at(const Dataset& data, const EndReport& end, const Network& network,
                     const Execution& execution) {
    const LossValue value = loss(data, network, execution);
    LossChange change;
    change.value = value.loss - end.loss;
    change.error =
        2.0 * std::sqrt(std::abs(value.loss) * value.rounding_loss) + 4.0 * kEps * std::abs(value.loss);
    return change;
}

// Classes that are told apart: 1 / eps times the motion that does so added to the weights. There are no
// outputs in the limit to differ from, only its loss.
LossChange change_of_separated(const Dataset& data, const EndReport& end,
                               const std::vector<Approach>& approaches, double size,
                               const Execution& execution) {
    std::vector<double> coefficients = coefficients_of(end.limit);
    for (std::size_t c = 0; c < coefficients.size(); ++c)
        coefficients[c] += size * end.separation->direction[c];
    BoundaryNetwork limit = with_coefficients(end.limit, coefficients);
    for (std::size_t p = 0; p < end.separation->hidden.size(); ++p) {
        const Size u = Size(p) / limit.inputs;
        limit.parameters[limit.form_at(u, 0) + Size(p) % limit.inputs] += size * end.separation->hidden[p];
    }
    return change_at(data, end, finite_network(limit, approaches), execution);
}

// The same with samples on the border, which leave it on the way.
class ContactPath {
  public:
    ContactPath(const Dataset& data, const EndReport& end)
        : data_(data),
          end_(end),
          problem_(data, *labels_of(data), end.separation->group),
          point_(contact_point(problem_, end)) {}
    LossChange at(const std::vector<Approach>& approaches, double size, const Execution& execution) const {
        if (!point_) throw Error(Status::numeric, "the limit overflows");
        return change_at(data_, end_, contact_network(problem_, *point_, size, approaches).network,
                         execution);
    }

  private:
    const Dataset& data_;
    const EndReport& end_;
    ContactProblem problem_;
    std::optional<ContactPoint> point_;
};

}  // namespace

ApproachPath approach_path(const Dataset& data, const EndReport& end, const Execution& execution) {
    ApproachPath path;
    const BoundaryOutputs limit = boundary_outputs(data, end.limit);
    std::optional<ContactPath> contacts;
    if (end.separation && !end.separation->contacts.empty()) contacts.emplace(data, end);
    std::vector<Approach> approaches = approaches_of(end);
    for (int power = kFirst; power <= kLast; ++power) {
        const double size = std::ldexp(1.0, power);
        for (Approach& approach : approaches) approach.step = 1.0 / size;
        try {
            const LossChange change =
                contacts ? contacts->at(approaches, size, execution)
                : end.separation
                    ? change_of_separated(data, end, approaches, size, execution)
                    : change_from_limit(data, limit, finite_network(end.limit, approaches), execution);
            if (!std::isfinite(change.value)) continue;
            path.inverse_steps.push_back(size);
            path.changes.push_back(change.value);
            path.errors.push_back(change.error);
        } catch (const Error& error) {
            if (error.status() != Status::numeric) throw;
        }
    }
    return path;
}

}  // namespace tepui
