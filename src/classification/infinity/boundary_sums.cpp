#include "classification/infinity/boundary_sums.hpp"

#include <cmath>

#include "classification/infinity/sample_blocks.hpp"
#include "linalg/blas.hpp"

namespace tepui {
namespace {

// A feature of the output layer: its values, and where its coefficient for an output stands.
struct Feature {
    const double* value;  // [n]
    Size first, stride;
    Size unit = -1, function = 0;  // F_q of a unit, or none

    Size at(Size o) const { return first + o * stride; }
};

// A form of a unit: df_o / dw_j is slope_o h_j.
struct Form {
    Size unit, form, at, size;
    const double* inputs;       // [size][n]
    std::vector<double> slope;  // [outputs][n]
    std::vector<double> bent;   // [outputs][n]: sum_o' G_oo' slope_o'
};

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
            for (Size j = 0; j < i; ++j) result_.hessian(j, i) = result_.hessian(i, j);
        cover_coupling();
        result_.outputs = boundary_outputs(data_, network_);
        result_.gradient.loss = result_.outputs.loss;
        for (const double g : result_.gradient.value)
            if (!std::isfinite(g)) throw Error(Status::numeric, "the gradient of the limit overflows");
        return std::move(result_);
    }

  private:
    void add(const SampleBlock& block) {
        n_ = block.count;
        for (Size u = 0; u < Size(units_.size()); ++u)
            evaluate_unit(network_, u, block.first, n_, block.x.data(), units_[u]);
        std::vector<double> f(outputs_ * n_), absolute(outputs_ * n_);
        add_outputs(network_, block, units_, f.data(), absolute.data());
        const LossBlock loss(data_, block, outputs_, f.data(), absolute.data());
        list_features(block);
        list_forms(loss);
        add_gradient(loss);
        for (std::size_t a = 0; a < forms_.size(); ++a) {
            for (std::size_t b = 0; b <= a; ++b) add_forms(forms_[a], forms_[b], loss);
            add_beside_features(forms_[a], loss);
        }
        add_features(loss);
    }

    // G_oo' of every sample; null: 0.
    const double* curvature_of(const LossBlock& loss, Size o, Size other) const {
        if (data_.loss().scalar_hessian()) return o == other ? loss.slope.data() : nullptr;
        return loss.slope.data() + packed_index(std::max(o, other), std::min(o, other)) * n_;
    }

    void list_features(const SampleBlock& block) {
        features_.clear();
        const Size d = network_.inputs;
        for (Size u = 0; u < Size(units_.size()); ++u)
            for (Size q = 0; q < shape_of(network_.units[u].kind).coefficients; ++q)
                features_.push_back(
                    {units_[u].value.data() + q * n_, network_.coefficient_at(u, q), 1, u, q});
        beside_.resize(std::size_t((network_.skip ? d + 1 : 1) * n_));
        std::fill_n(beside_.begin(), n_, 1.0);
        if (network_.output_bias) features_.push_back({beside_.data(), network_.rest_at(), 1});
        for (Size j = 0; network_.skip && j < d; ++j) {
            double* row = beside_.data() + (j + 1) * n_;
            for (Size k = 0; k < n_; ++k) row[k] = block.x[k * d + j];
            features_.push_back({row, network_.skip_at() + j, d});
        }
    }

    void list_forms(const LossBlock& loss) {
        forms_.clear();
        for (Size u = 0; u < Size(units_.size()); ++u) {
            const UnitShape& shape = shape_of(network_.units[u].kind);
            const UnitRows& rows = units_[u];
            for (Size p = 0; p < shape.forms; ++p) {
                Form form{u,
                          p,
                          network_.form_at(u, p),
                          network_.form_size(u, p),
                          rows.inputs.data() + rows.inputs_begin[p],
                          std::vector<double>(std::size_t(outputs_ * n_), 0.0),
                          std::vector<double>(std::size_t(outputs_ * n_), 0.0)};
                for (Size o = 0; o < outputs_; ++o)
                    for (Size q = 0; q < shape.coefficients; ++q) {
                        const double a = network_.coefficient(u, q, o);
                        const double* first = rows.first.data() + (q * shape.forms + p) * n_;
                        for (Size k = 0; k < n_; ++k) form.slope[o * n_ + k] += a * first[k];
                    }
                for (Size o = 0; o < outputs_; ++o)
                    for (Size other = 0; other < outputs_; ++other) {
                        const double* curvature = curvature_of(loss, o, other);
                        for (Size k = 0; curvature != nullptr && k < n_; ++k)
                            form.bent[o * n_ + k] += curvature[k] * form.slope[other * n_ + k];
                    }
                forms_.push_back(std::move(form));
            }
        }
    }

    void add_gradient(const LossBlock& loss) {
        std::vector<double> g(std::size_t(n_), 0.0), terms(g), rounding(g);
        for (const Form& form : forms_) {
            for (auto* of : {&g, &terms, &rounding}) std::fill(of->begin(), of->end(), 0.0);
            for (Size o = 0; o < outputs_; ++o)
                for (Size k = 0; k < n_; ++k) {
                    const double slope = form.slope[o * n_ + k], pull = loss.g[o * n_ + k] * slope;
                    g[k] += pull;
                    terms[k] += std::abs(pull);
                    rounding[k] += loss.g_error[o * n_ + k] * std::abs(slope);
                }
            for (Size j = 0; j < form.size; ++j)
                add_pull(form.at + j, g.data(), terms.data(), rounding.data(), form.inputs + j * n_);
        }
        for (Size o = 0; o < outputs_; ++o) {
            const double* of = loss.g.data() + o * n_;
            for (Size k = 0; k < n_; ++k) terms[k] = std::abs(of[k]);
            for (const Feature& feature : features_)
                add_pull(feature.at(o), of, terms.data(), loss.g_error.data() + o * n_, feature.value);
        }
    }

    void add_pull(Size at, const double* g, const double* terms, const double* rounding, const double* row) {
        double sum = 0.0, absolute = 0.0, doubt = 0.0;
#pragma omp simd reduction(+ : sum, absolute, doubt)
        for (Size k = 0; k < n_; ++k) {
            sum += g[k] * row[k];
            absolute += terms[k] * std::abs(row[k]);
            doubt += rounding[k] * std::abs(row[k]);
        }
        result_.gradient.value[at] += sum;
        result_.gradient.magnitude[at] += absolute;
        result_.gradient.rounding[at] += doubt;
    }

    // J^T G J between two forms, and sum g . d2f of one unit. |g| is taken with what cancels in it.
    void add_forms(const Form& a, const Form& b, const LossBlock& loss) {
        const bool own = a.at == b.at;
        std::vector<double> c(std::size_t(n_), 0.0), terms(std::size_t(n_), 0.0);
        for (Size o = 0; o < outputs_; ++o)
            for (Size k = 0; k < n_; ++k) {
                const double of = a.slope[o * n_ + k] * b.bent[o * n_ + k];
                c[k] += of;
                if (own) terms[k] += std::abs(of);
            }
        if (a.unit == b.unit) {
            const UnitShape& shape = shape_of(network_.units[a.unit].kind);
            const UnitRows& rows = units_[a.unit];
            for (Size q = 0; q < shape.coefficients; ++q) {
                const double* curve =
                    rows.second.data() + (q * triangle(shape.forms) + triangle(a.form) + b.form) * n_;
                for (Size o = 0; o < outputs_; ++o) {
                    const double of = network_.coefficient(a.unit, q, o);
                    for (Size k = 0; k < n_; ++k) {
                        c[k] += loss.g[o * n_ + k] * of * curve[k];
                        terms[k] += g_terms(loss, o * n_ + k) * std::abs(of * curve[k]);
                    }
                }
            }
            for (const Form* form : {&a, &b}) {
                for (Size j = 0; j < form->size; ++j) add_square(form->at + j, terms, form->inputs + j * n_);
                if (own) break;
            }
        }
        if (a.size == 0 || b.size == 0) return;
        add_weighted_products(a.inputs, a.size, b.inputs, b.size, c.data(), n_, &result_.hessian(a.at, b.at),
                              count_, scaled_);
    }

    void add_square(Size at, const std::vector<double>& terms, const double* row) {
        double sum = 0.0;
#pragma omp simd reduction(+ : sum)
        for (Size k = 0; k < n_; ++k) sum += terms[k] * row[k] * row[k];
        result_.magnitude[at] += sum;
    }

    // Between a form and all coefficients: J^T G J, and sum g . d2f with those of its own unit.
    void add_beside_features(const Form& form, const LossBlock& loss) {
        const Size columns = Size(features_.size()) * outputs_;
        if (form.size == 0 || columns == 0) return;
        scaled_.resize(std::size_t(columns * n_));
        const Size forms = shape_of(network_.units[form.unit].kind).forms;
        const auto first_of = [&](const Feature& feature) {
            return units_[form.unit].first.data() + (feature.function * forms + form.form) * n_;
        };
        for (std::size_t q = 0; q < features_.size(); ++q)
            for (Size o = 0; o < outputs_; ++o) {
                double* to = scaled_.data() + (Size(q) * outputs_ + o) * n_;
                for (Size k = 0; k < n_; ++k) to[k] = form.bent[o * n_ + k] * features_[q].value[k];
                if (features_[q].unit != form.unit) continue;
                const double* first = first_of(features_[q]);
                for (Size k = 0; k < n_; ++k) to[k] += loss.g[o * n_ + k] * first[k];
            }
        Matrix block(form.size, columns);
        linalg::gemm(false, true, form.size, columns, n_, 1.0, form.inputs, n_, scaled_.data(), n_, 0.0,
                     block.data(), columns, 1);
        for (std::size_t q = 0; q < features_.size(); ++q)
            for (Size o = 0; o < outputs_; ++o)
                for (Size j = 0; j < form.size; ++j)
                    lower(form.at + j, features_[q].at(o)) += block(j, Size(q) * outputs_ + o);
        for (const Feature& feature : features_) {
            if (feature.unit != form.unit) continue;
            const double* first = first_of(feature);
            for (Size o = 0; o < outputs_; ++o) {
                for (Size k = 0; k < n_; ++k) scaled_[k] = g_terms(loss, o * n_ + k) * std::abs(first[k]);
                for (Size j = 0; j < form.size; ++j) {
                    const double* h = form.inputs + j * n_;
                    double terms = 0.0;
#pragma omp simd reduction(+ : terms)
                    for (Size k = 0; k < n_; ++k) terms += scaled_[k] * std::abs(h[k]);
                    coupling_(form.at + j, feature.at(o)) += terms;
                }
            }
        }
    }

    // J^T G J between coefficients.
    void add_features(const LossBlock& loss) {
        const Size count = Size(features_.size());
        if (count == 0) return;
        std::vector<double> values(std::size_t(count * n_));
        for (Size q = 0; q < count; ++q) std::copy_n(features_[q].value, n_, values.data() + q * n_);
        for (Size o = 0; o < outputs_; ++o)
            for (Size other = 0; other <= o; ++other) {
                const double* curvature = curvature_of(loss, o, other);
                if (curvature == nullptr) continue;
                Matrix block(count, count);
                add_weighted_products(values.data(), count, values.data(), count, curvature, n_, block.data(),
                                      count, scaled_);
                for (Size q = 0; q < count; ++q)
                    for (Size r = 0; r < (o == other ? q + 1 : count); ++r)
                        lower(features_[q].at(o), features_[r].at(other)) += block(q, r);
                for (Size q = 0; o == other && q < count; ++q)
                    for (Size k = 0; k < n_; ++k)
                        result_.magnitude[features_[q].at(o)] +=
                            std::abs(values[q * n_ + k] * scaled_[q * n_ + k]);
            }
    }

    double& lower(Size i, Size j) {
        return result_.hessian(std::max(i, j), std::min(i, j));
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
    Size outputs_, count_, n_ = 0;
    std::vector<UnitRows> units_;
    std::vector<Feature> features_;
    std::vector<Form> forms_;
    std::vector<double> beside_, scaled_;
    Matrix coupling_;  // sums of the absolute terms between forms and coefficients
    BoundarySums result_;
};

}  // namespace

void add_weighted_products(const double* a, Size rows, const double* b, Size columns, const double* c, Size n,
                           double* to, Size ldt, std::vector<double>& scaled) {
    scaled.resize(std::size_t(rows * n));
    for (Size i = 0; i < rows; ++i)
        for (Size k = 0; k < n; ++k) scaled[i * n + k] = a[i * n + k] * c[k];
    linalg::gemm(false, true, rows, columns, n, 1.0, scaled.data(), n, b, n, 1.0, to, ldt, 1);
}

BoundarySums boundary_sums(const Dataset& data, const BoundaryNetwork& network) {
    return Sums(data, network).finish();
}

}  // namespace tepui
