#include "solve/relu/outputs_on_path.hpp"

namespace tepui {

OutputsOnPath::OutputsOnPath(const Dataset& data, const std::vector<double>& residuals)
    : outputs_(data.outputs()),
      forms_(data.loss().hessian_rows(outputs_)),
      scalar_(data.loss().scalar_hessian()),
      change_(residuals.size(), 0.0),
      rate_(residuals.size(), 0.0),
      since_(data.samples(), 0.0),
      loss_(loss_derivatives(data, residuals)) {}

void OutputsOnPath::bring_up(Size k, double time) {
    const double length = time - since_[k];
    since_[k] = time;
    for (Size at = k * outputs_; at < (k + 1) * outputs_; ++at) {
        if (bend_.empty()) {
            change_[at] += length * rate_[at];
            continue;
        }
        change_[at] += length * (rate_[at] + 0.5 * length * bend_[at]);
        rate_[at] += length * bend_[at];
    }
}

double OutputsOnPath::curved(Size k, Size o, const double* v) const {
    const double* form = &loss_.bends[k * forms_];
    if (scalar_) return form[0] * v[o];
    double sum = 0.0;
    for (Size p = 0; p < outputs_; ++p) sum += form[packed_index(o, p)] * v[p];
    return sum;
}

double OutputsOnPath::pull(Size k, Size o) const {
    return loss_.pulls[k * outputs_ + o] + curved(k, o, &change_[k * outputs_]);
}

double OutputsOnPath::slope(Size k, double time) {
    bring_up(k, time);
    double sum = 0.0;
    for (Size o = 0; o < outputs_; ++o) sum += pull(k, o) * rate_[k * outputs_ + o];
    return sum;
}

double OutputsOnPath::curvature(Size k) const {
    const double* rate = &rate_[k * outputs_];
    double sum = 0.0;
    for (Size o = 0; o < outputs_; ++o) {
        sum += rate[o] * curved(k, o, rate);
        if (!bend_.empty()) sum += pull(k, o) * bend_[k * outputs_ + o];
    }
    return sum;
}

}  // namespace tepui
