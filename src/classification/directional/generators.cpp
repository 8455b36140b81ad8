#include "classification/directional/generators.hpp"

#include <cmath>
#include <span>

#include "classification/directional/basis.hpp"

namespace tepui {
namespace {

class Generators {
  public:
    Generators(const Matrix& kinks, Size budget) : units_(kinks.copy()), budget_(budget) {}

    std::optional<std::vector<std::vector<double>>> all() {
        const Size d = units_.cols();
        GrowingBasis span(d);
        for (Size g = 0; g < units_.rows(); ++g) {
            double length = 0.0;
            for (Size j = 0; j < d; ++j) length = std::hypot(length, units_(g, j));
            for (Size j = 0; j < d; ++j) units_(g, j) /= length;
            span.add(row(g));
        }
        rank_ = span.size();
        GrowingBasis rest = span;  // lines orthogonal to the span
        for (Size j = 0; j < d; ++j) {
            std::vector<double> e(d, 0.0);
            e[j] = 1.0;
            std::vector<double> left = rest.remainder(e);
            if (rest.add(e)) add_both(std::move(left));
        }
        if (rank_ > 0) {
            GrowingBasis chosen(d);
            grow(0, chosen);
        }
        if (exceeded_) return std::nullopt;
        return std::move(found_);
    }

  private:
    std::span<const double> row(Size g) const {
        return {units_.row(g), static_cast<std::size_t>(units_.cols())};
    }
    void add_both(std::vector<double> v) {
        double length = 0.0;
        for (const double c : v) length = std::hypot(length, c);
        for (double& c : v) c /= length;
        found_.push_back(v);
        for (double& c : v) c = -c;
        found_.push_back(std::move(v));
    }
    void grow(Size first, GrowingBasis& chosen) {
        if (exceeded_) return;
        if (chosen.size() == rank_ - 1) {
            exceeded_ = --budget_ < 0;
            std::vector<double> best;
            double longest = 0.0;
            for (Size g = 0; g < units_.rows(); ++g) {
                std::vector<double> left = chosen.remainder(row(g));
                double length = 0.0;
                for (const double c : left) length = std::hypot(length, c);
                if (length > longest) {
                    longest = length;
                    best = std::move(left);
                }
            }
            add_both(std::move(best));
            return;
        }
        for (Size g = first; g < units_.rows(); ++g) {
            if (!chosen.add(row(g))) continue;
            grow(g + 1, chosen);
            chosen.pop();
        }
    }

    Matrix units_;
    Size budget_;
    Size rank_ = 0;
    bool exceeded_ = false;
    std::vector<std::vector<double>> found_;
};

}  // namespace

std::optional<std::vector<std::vector<double>>> cone_generators(const Matrix& kinks, Size budget) {
    return Generators(kinks, budget).all();
}

}  // namespace tepui
