// S is linear on each cone of the arrangement {v . u_g = 0}: within the span of the u_g the cones are
// pointed, and S >= 0 exactly when it is on their rays, each orthogonal to rank - 1 independent u_g.
// Orthogonally to the span S is linear and has to vanish.
#include <cmath>

#include "classification/directional/basis.hpp"
#include "classification/directional/nonnegative.hpp"

namespace tepui {
namespace {

std::span<const double> row(const Matrix& matrix, Size g) {
    return {matrix.row(g), static_cast<std::size_t>(matrix.cols())};
}

// sum over l <= size of (count choose l), at most `most` + 1: an upper bound on the nodes of the search.
Size choices(Size count, Size size, Size most) {
    double term = 1.0, sum = 1.0;
    for (Size l = 1; l <= size && sum <= static_cast<double>(most); ++l) {
        term *= static_cast<double>(count - l + 1) / static_cast<double>(l);
        sum += term;
    }
    return sum > static_cast<double>(most) ? most + 1 : static_cast<Size>(std::llround(sum));
}

class RaySearch {
  public:
    RaySearch(const KinkForm& form, const ScaledForm& scaled, GrowingBasis span, SignAnswer& answer)
        : form_(form),
          scaled_(scaled),
          span_(std::move(span)),
          chosen_(scaled.dimension()),
          answer_(answer) {}

    void run(Size first) {
        if (answer_.answer == Answer::no) return;
        if (chosen_.size() == span_.size() - 1) {
            visit();
            return;
        }
        const Size missing = span_.size() - 1 - chosen_.size();
        for (Size g = first; g + missing <= scaled_.kinks(); ++g) {
            if (!chosen_.add(row(scaled_.inputs, g))) continue;
            run(g + 1);
            chosen_.pop();
        }
    }
    bool all_nonnegative() const noexcept { return all_; }

  private:
    // The direction of the span that is orthogonal to the chosen inputs: what is left of the best of them.
    void visit() {
        std::vector<double> ray;
        double longest = 0.0;
        for (Size g = 0; g < scaled_.kinks(); ++g) {
            std::vector<double> left = chosen_.remainder(row(scaled_.inputs, g));
            double length = 0.0;
            for (const double component : left) length = std::hypot(length, component);
            if (!(length > longest)) continue;
            longest = length;
            ray = std::move(left);
            if (longest > 0.5) break;
        }
        for (const double sign : {1.0, -1.0}) {
            std::vector<double> w(ray);
            for (double& component : w) component *= sign / longest;
            const std::vector<double> v = scaled_.original(w, form_.dimension());
            if (form_.value(v) >= -form_.tolerance(v)) continue;
            all_ = false;
            try_direction(form_, v, answer_);
        }
    }

    const KinkForm& form_;
    const ScaledForm& scaled_;
    GrowingBasis span_, chosen_;
    SignAnswer& answer_;
    bool all_ = true;
};

}  // namespace

bool decide_by_rays(const KinkForm& form, const ScaledForm& scaled, Size budget, SignAnswer& answer) {
    GrowingBasis span(scaled.dimension());
    for (Size g = 0; g < scaled.kinks(); ++g) span.add(row(scaled.inputs, g));
    if (span.size() == 0 || choices(scaled.kinks(), span.size() - 1, budget) > budget) return false;
    answer.method = SignMethod::rays;
    answer.reason = SignReason::none;
    std::vector<double> e = span.remainder(scaled.slope);
    double defect = 0.0, allowed = 0.0;
    bool spanned = true;
    for (std::size_t j = 0; j < e.size(); ++j) {
        spanned = spanned && std::abs(e[j]) <= scaled.tolerance[j];
        if (std::abs(e[j]) >= defect) {
            defect = std::abs(e[j]);
            allowed = scaled.tolerance[j];
        }
        e[j] = -e[j];
    }
    if (!spanned) try_direction(form, scaled.original(e, form.dimension()), answer);
    if (answer.answer == Answer::no) return true;
    RaySearch search(form, scaled, std::move(span), answer);
    search.run(0);
    if (answer.answer == Answer::no) return true;
    if (!spanned || !search.all_nonnegative()) {
        answer.reason = SignReason::rounding;
        return true;
    }
    answer.answer = Answer::yes;
    answer.defect = defect;
    answer.defect_tolerance = allowed;
    return true;
}

}  // namespace tepui
