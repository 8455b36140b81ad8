#include "classification/infinity/boundary_sums.hpp"

#include <cmath>

#include "classification/infinity/sample_blocks.hpp"
#include "linalg/blas.hpp"

namespace tepui {
namespace {

class Sums {
  public:
    Sums(const Dataset& data, const BoundaryNetwork& network)
        : data_(data),
          network_(network),
          outputs_(network.output_count),
          count_(network.parameter_count()),
          units_(network.units.size()),
          coupling_(count_, count_) {
        result_.hessian = Matrix(count_, count_);
        result_.magnitude.assign(std::size_t(count_), 0.0);
        for (auto* of : {&result_.gradient.value, &result_.gradient.magnitude, &result_.gradient.rounding})
            of->assign(std::size_t(count_), 0.0);
    }

    BoundarySums finish() && {
        for_sample_blocks(data_, [&](const SampleBlock& block) { add(block); });
        for (Size i = 0; i < count_; ++i)
            for (Size j = 0; j < i; ++j)
                result_.hessian(j, i) = result_.hessian(i, j) =
                    0.5 * (result_.hessian(i, j) + result_.hessian(j, i));
        cover_coupling();
        result_.outputs = boundary_outputs(data_, network_);
        result_.gradient.loss = result_.outputs.loss;
        for (const double g : result_.gradient.value)
            if (!std::isfinite(g)) throw Error(Status::numeric, "the gradient of the limit overflows");
        return std::move(result_);
    }

  private:
    void add(const SampleBlock& block) {
        const Size n = block.count;
        for (Size u = 0; u < Size(units_.size()); ++u)
            evaluate_unit(network_, u, block.first, n, block.x.data(), units_[u]);
        std::vector<double> f(outputs_ * n), absolute(outputs_ * n);
        add_outputs(network_, block, units_, f.data(), absolute.data());
        const LossBlock loss(data_, block, outputs_, f.data(), absolute.data());
        jacobian(block);
        add_gradient(loss, n);
        add_gauss_newton(loss, n);
        for (Size u = 0; u < Size(units_.size()); ++u) add_curvature(u, loss, n);
    }

    double* row(Size o, Size parameter, Size n) { return jacobian_.data() + (o * count_ + parameter) * n; }

    // [outputs][parameters][samples]
    void jacobian(const SampleBlock& block) {
        const Size n = block.count, d = network_.inputs;
        jacobian_.assign(std::size_t(outputs_ * count_ * n), 0.0);
        for (Size o = 0; o < outputs_; ++o) {
            for (Size u = 0; u < Size(units_.size()); ++u) {
                const UnitShape& shape = shape_of(network_.units[u].kind);
                const UnitRows& rows = units_[u];
                for (Size q = 0; q < shape.coefficients; ++q) {
                    std::copy_n(rows.value.data() + q * n, n, row(o, network_.coefficient_at(u, q, o), n));
                    for (Size p = 0; p < shape.forms; ++p) {
                        const double a = network_.coefficient(u, q, o);
                        const double* slope = rows.first.data() + (q * shape.forms + p) * n;
                        for (Size j = 0; j < network_.form_size(u, p); ++j) {
                            const double* h = rows.inputs.data() + rows.inputs_begin[p] + j * n;
                            double* to = row(o, network_.form_at(u, p) + j, n);
                            for (Size k = 0; k < n; ++k) to[k] += a * slope[k] * h[k];
                        }
                    }
                }
            }
            Size at = network_.rest_at();
            if (network_.output_bias) {
                std::fill_n(row(o, at + o, n), n, 1.0);
                at += outputs_;
            }
            for (Size j = 0; network_.skip && j < d; ++j)
                for (Size k = 0; k < n; ++k) row(o, at + o * d + j, n)[k] = block.x[k * d + j];
        }
    }

    void add_gradient(const LossBlock& loss, Size n) {
        for (Size o = 0; o < outputs_; ++o) {
            const double* g = loss.g.data() + o * n;
            const double* error = loss.g_error.data() + o * n;
            for (Size j = 0; j < count_; ++j) {
                const double* slope = row(o, j, n);
                double sum = 0.0, terms = 0.0, rounding = 0.0;
                for (Size k = 0; k < n; ++k) {
                    sum += g[k] * slope[k];
                    terms += std::abs(g[k] * slope[k]);
                    rounding += std::abs(error[k] * slope[k]);
                }
                result_.gradient.value[j] += sum;
                result_.gradient.magnitude[j] += terms;
                result_.gradient.rounding[j] += rounding;
            }
        }
    }

    // J^T G J
    void add_gauss_newton(const LossBlock& loss, Size n) {
        const bool scalar = data_.loss().scalar_hessian();
        weighted_.resize(std::size_t(count_ * n));
        for (Size o = 0; o < outputs_; ++o) {
            std::fill(weighted_.begin(), weighted_.end(), 0.0);
            for (Size other = 0; other < outputs_; ++other) {
                if (scalar && other != o) continue;
                const Size entry = other <= o ? triangle(o) + other : triangle(other) + o;
                const double* slope = loss.slope.data() + (scalar ? 0 : entry) * n;
                for (Size j = 0; j < count_; ++j) {
                    const double* from = row(other, j, n);
                    for (Size k = 0; k < n; ++k) weighted_[j * n + k] += slope[k] * from[k];
                }
            }
            linalg::gemm(false, true, count_, count_, n, 1.0, row(o, 0, n), n, weighted_.data(), n, 1.0,
                         result_.hessian.data(), count_, 1);
            for (Size j = 0; j < count_; ++j) {
                const double* own = row(o, j, n);
                for (Size k = 0; k < n; ++k) result_.magnitude[j] += std::abs(own[k] * weighted_[j * n + k]);
            }
        }
    }

    // sum g . d2f of one unit. |g| is taken with what cancels in it.
    void add_curvature(Size u, const LossBlock& loss, Size n) {
        const UnitShape& shape = shape_of(network_.units[u].kind);
        const UnitRows& rows = units_[u];
        std::vector<double> c(n), terms(n), scaled;
        for (Size p = 0; p < shape.forms; ++p) {
            for (Size r = 0; r <= p; ++r) {
                std::fill(c.begin(), c.end(), 0.0);
                std::fill(terms.begin(), terms.end(), 0.0);
                for (Size q = 0; q < shape.coefficients; ++q) {
                    const double* curve =
                        rows.second.data() + (q * triangle(shape.forms) + triangle(p) + r) * n;
                    for (Size o = 0; o < outputs_; ++o) {
                        const double a = network_.coefficient(u, q, o);
                        for (Size k = 0; k < n; ++k) {
                            c[k] += loss.g[o * n + k] * a * curve[k];
                            terms[k] += g_terms(loss, o * n + k) * std::abs(a * curve[k]);
                        }
                    }
                }
                add_form_block(u, p, r, c, terms, n);
            }
        }
        for (Size q = 0; q < shape.coefficients; ++q)
            for (Size p = 0; p < shape.forms; ++p)
                add_coupling(u, q, p, rows.first.data() + (q * shape.forms + p) * n, loss, n);
    }

    void add_form_block(Size u, Size p, Size r, const std::vector<double>& c,
                        const std::vector<double>& terms, Size n) {
        const UnitRows& rows = units_[u];
        const Size left = network_.form_size(u, p), right = network_.form_size(u, r);
        if (left == 0 || right == 0) return;
        const double* of_p = rows.inputs.data() + rows.inputs_begin[p];
        const double* of_r = rows.inputs.data() + rows.inputs_begin[r];
        const Matrix block = weighted_products(rows, p, left, r, right, c, n);
        const Size at = network_.form_at(u, p), to = network_.form_at(u, r);
        for (Size i = 0; i < left; ++i) {
            for (Size j = 0; j < right; ++j) {
                result_.hessian(at + i, to + j) += block(i, j);
                if (p != r) result_.hessian(to + j, at + i) += block(i, j);
            }
        }
        for (Size i = 0; i < left; ++i)
            for (Size k = 0; k < n; ++k)
                result_.magnitude[at + i] += terms[k] * of_p[i * n + k] * of_p[i * n + k];
        for (Size j = 0; p != r && j < right; ++j)
            for (Size k = 0; k < n; ++k)
                result_.magnitude[to + j] += terms[k] * of_r[j * n + k] * of_r[j * n + k];
    }

    void add_coupling(Size u, Size q, Size p, const double* slope, const LossBlock& loss, Size n) {
        const UnitRows& rows = units_[u];
        for (Size j = 0; j < network_.form_size(u, p); ++j) {
            const double* h = rows.inputs.data() + rows.inputs_begin[p] + j * n;
            const Size at = network_.form_at(u, p) + j;
            for (Size o = 0; o < outputs_; ++o) {
                double sum = 0.0, terms = 0.0;
                for (Size k = 0; k < n; ++k) {
                    sum += loss.g[o * n + k] * slope[k] * h[k];
                    terms += g_terms(loss, o * n + k) * std::abs(slope[k] * h[k]);
                }
                const Size own = network_.coefficient_at(u, q, o);
                result_.hessian(at, own) += sum;
                result_.hessian(own, at) += sum;
                coupling_(at, own) += terms;
            }
        }
    }

    static double g_terms(const LossBlock& loss, Size at) {
        return std::abs(loss.g[at]) + loss.g_error[at] / kResidualError;
    }

    // Raises the magnitudes of forms until sqrt(T_jj T_ll) bounds the terms between them and coefficients.
    void cover_coupling() {
        for (Size j = 0; j < count_; ++j) {
            double most = 0.0;
            for (Size own = 0; own < count_; ++own) {
                const double terms = coupling_(j, own);
                if (terms == 0.0) continue;
                if (result_.magnitude[own] > 0.0)
                    most = std::max(most, terms * (terms / result_.magnitude[own]));
            }
            result_.magnitude[j] = std::max(result_.magnitude[j], most);
        }
    }

    const Dataset& data_;
    const BoundaryNetwork& network_;
    Size outputs_, count_;
    std::vector<UnitRows> units_;
    std::vector<double> jacobian_, weighted_;
    Matrix coupling_;  // sums of the absolute terms between forms and coefficients
    BoundarySums result_;
};

}  // namespace

Matrix weighted_products(const UnitRows& rows, Size form, Size size, Size other_form, Size other_size,
                         const std::vector<double>& c, Size n) {
    const double* of_form = rows.inputs.data() + rows.inputs_begin[form];
    std::vector<double> scaled(of_form, of_form + size * n);
    for (Size j = 0; j < size; ++j)
        for (Size k = 0; k < n; ++k) scaled[j * n + k] *= c[k];
    Matrix block(size, other_size);
    linalg::gemm(false, true, size, other_size, n, 1.0, scaled.data(), n,
                 rows.inputs.data() + rows.inputs_begin[other_form], n, 0.0, block.data(), other_size, 1);
    return block;
}

BoundarySums boundary_sums(const Dataset& data, const BoundaryNetwork& network) {
    return Sums(data, network).finish();
}

}  // namespace tepui
