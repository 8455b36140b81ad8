#include "solve/relu/outputs_on_path.hpp"

namespace tepui {

OutputsOnPath::OutputsOnPath(const Dataset& data, const std::vector<double>& residuals)
    : outputs_(data.outputs()),
      scalar_(data.loss().scalar_hessian()),
      change_(residuals.size(), 0.0),
      rate_(residuals.size(), 0.0),
      since_(data.samples(), 0.0),
      pulls_(outputs_, data.samples()),
      forms_(data.loss().hessian_rows(outputs_), data.samples()) {
    const Size n = data.samples();
    Matrix f(outputs_, n), targets(outputs_, n), no_error(outputs_, n), unused(outputs_ + 2, n);
    std::vector<double> weights(n);
    for (Size k = 0; k < n; ++k) {
        weights[k] = data.weight(k);
        for (Size o = 0; o < outputs_; ++o) {
            targets(o, k) = data.target(k, o);
            f(o, k) = residuals[k * outputs_ + o] + data.target(k, o);
        }
    }
    data.loss().evaluate(
        {outputs_, n, n, f.data(), no_error.data(), targets.data(), weights.data()},
        {unused.row(outputs_), unused.row(outputs_ + 1), pulls_.data(), unused.data(), forms_.data()});
}

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
    if (scalar_) return forms_(0, k) * v[o];
    double sum = 0.0;
    for (Size p = 0; p < outputs_; ++p) sum += forms_(packed_index(o, p), k) * v[p];
    return sum;
}

double OutputsOnPath::pull(Size k, Size o) const {
    return pulls_(o, k) + curved(k, o, &change_[k * outputs_]);
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
