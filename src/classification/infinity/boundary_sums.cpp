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
    std::vector<double> terms;  // [n]: of the Hessian between it and its unit's forms
};

class Sums {
  public:
    Sums(const Dataset& data, const BoundaryNetwork& network)
        : data_(data),
          network_(network),
          outputs_(network.output_count),
          count_(network.parameter_count()),
          outputs_seen_(data, outputs_),
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
        result_.outputs = std::move(outputs_seen_).finish();
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
        outputs_seen_.add(block, f, loss);
        list_features(block);
        list_forms(loss);
        for (std::size_t a = 0; a < forms_.size(); ++a) add_products(a, loss);
        for (const Form& form : forms_) add_absolute(form, loss);
        add_pulls_of_features(loss);
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
                          std::vector<double>(std::size_t(outputs_ * n_), 0.0),
                          std::vector<double>(std::size_t(n_), 0.0)};
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

    // Rows that a form's inputs are multiplied with, one below the other: with those of the forms up to it
    // J^T G J and sum g . d2f, with all coefficients likewise.
    void add_products(std::size_t a, const LossBlock& loss) {
        Form& form = forms_[a];
        Size columns = Size(features_.size()) * outputs_;
        for (std::size_t b = 0; b <= a; ++b) columns += forms_[b].size;
        scaled_.resize(std::size_t(columns * n_));
        double* row = scaled_.data();
        std::vector<double> c(std::size_t(n_), 0.0);
        for (std::size_t b = 0; b <= a; ++b) {
            curvature_between(form, forms_[b], loss, c);
            const double* inputs = forms_[b].inputs;
            for (Size j = 0; j < forms_[b].size; ++j, row += n_, inputs += n_)
                for (Size k = 0; k < n_; ++k) row[k] = c[k] * inputs[k];
        }
        for (const Feature& feature : features_)
            for (Size o = 0; o < outputs_; ++o, row += n_) beside_feature(form, feature, o, loss, row);
        if (form.size == 0 || columns == 0) return;
        Matrix block(form.size, columns);
        linalg::gemm(false, true, form.size, columns, n_, 1.0, form.inputs, n_, scaled_.data(), n_, 0.0,
                     block.data(), columns, 1);
        for (Size j = 0; j < form.size; ++j) {
            const double* from = block.row(j);
            for (std::size_t b = 0; b <= a; ++b)
                for (Size i = 0; i < forms_[b].size; ++i)
                    result_.hessian(form.at + j, forms_[b].at + i) += *from++;
            for (const Feature& feature : features_)
                for (Size o = 0; o < outputs_; ++o) lower(form.at + j, feature.at(o)) += *from++;
        }
    }

    // c: J^T G J and, of one unit, sum g . d2f between two forms. |g| is taken with what cancels in it.
    void curvature_between(Form& a, Form& b, const LossBlock& loss, std::vector<double>& c) {
        const bool own = a.at == b.at;
        std::fill(c.begin(), c.end(), 0.0);
        const auto add_terms = [&](Size k, double terms) {
            a.terms[k] += terms;
            if (!own) b.terms[k] += terms;
        };
        for (Size o = 0; o < outputs_; ++o) {
            const double *slope = a.slope.data() + o * n_, *bent = b.bent.data() + o * n_;
            for (Size k = 0; k < n_; ++k) c[k] += slope[k] * bent[k];
            for (Size k = 0; own && k < n_; ++k) a.terms[k] += std::abs(slope[k] * bent[k]);
        }
        if (a.unit != b.unit) return;
        const UnitShape& shape = shape_of(network_.units[a.unit].kind);
        for (Size q = 0; q < shape.coefficients; ++q) {
            const double* curve =
                units_[a.unit].second.data() + (q * triangle(shape.forms) + triangle(a.form) + b.form) * n_;
            for (Size o = 0; o < outputs_; ++o) {
                const double of = network_.coefficient(a.unit, q, o);
                const double* g = loss.g.data() + o * n_;
                for (Size k = 0; k < n_; ++k) {
                    c[k] += g[k] * of * curve[k];
                    add_terms(k, g_terms(loss, o * n_ + k) * std::abs(of * curve[k]));
                }
            }
        }
    }

    // The same between a form and the coefficient of a feature for output o.
    void beside_feature(const Form& form, const Feature& feature, Size o, const LossBlock& loss,
                        double* to) const {
        const double* bent = form.bent.data() + o * n_;
        for (Size k = 0; k < n_; ++k) to[k] = bent[k] * feature.value[k];
        if (feature.unit != form.unit) return;
        const double *first = first_of(form, feature), *g = loss.g.data() + o * n_;
        for (Size k = 0; k < n_; ++k) to[k] += g[k] * first[k];
    }

    const double* first_of(const Form& form, const Feature& feature) const {
        const Size forms = shape_of(network_.units[form.unit].kind).forms;
        return units_[form.unit].first.data() + (feature.function * forms + form.form) * n_;
    }

    // The gradient by a form, and the absolute terms of it, of the diagonal of the Hessian, and of what
    // stands between the form and the coefficients of its own unit.
    void add_absolute(const Form& form, const LossBlock& loss) {
        if (form.size == 0) return;
        std::vector<Size> beside;  // parameters
        scaled_.assign(std::size_t(2 * n_), 0.0);
        std::vector<double> pull(std::size_t(n_), 0.0);
        for (Size o = 0; o < outputs_; ++o)
            for (Size k = 0; k < n_; ++k) {
                const double slope = form.slope[o * n_ + k], of = loss.g[o * n_ + k] * slope;
                pull[k] += of;
                scaled_[k] += std::abs(of);
                scaled_[n_ + k] += loss.g_error[o * n_ + k] * std::abs(slope);
            }
        for (const Feature& feature : features_) {
            if (feature.unit != form.unit) continue;
            const double* first = first_of(form, feature);
            for (Size o = 0; o < outputs_; ++o) {
                beside.push_back(feature.at(o));
                for (Size k = 0; k < n_; ++k)
                    scaled_.push_back(g_terms(loss, o * n_ + k) * std::abs(first[k]));
            }
        }
        absolute_.resize(std::size_t(form.size * n_));
        for (std::size_t at = 0; at < absolute_.size(); ++at) absolute_[at] = std::abs(form.inputs[at]);
        const Size columns = 2 + Size(beside.size());
        Matrix block(form.size, columns);
        linalg::gemm(false, true, form.size, columns, n_, 1.0, absolute_.data(), n_, scaled_.data(), n_, 0.0,
                     block.data(), columns, 1);
        for (Size j = 0; j < form.size; ++j) {
            const double* h = form.inputs + j * n_;
            double sum = 0.0, square = 0.0;
#pragma omp simd reduction(+ : sum, square)
            for (Size k = 0; k < n_; ++k) {
                sum += pull[k] * h[k];
                square += form.terms[k] * h[k] * h[k];
            }
            result_.gradient.value[form.at + j] += sum;
            result_.gradient.magnitude[form.at + j] += block(j, 0);
            result_.gradient.rounding[form.at + j] += block(j, 1);
            result_.magnitude[form.at + j] += square;
            for (std::size_t l = 0; l < beside.size(); ++l)
                coupling_(form.at + j, beside[l]) += block(j, Size(l) + 2);
        }
    }

    void add_pulls_of_features(const LossBlock& loss) {
        for (Size o = 0; o < outputs_; ++o) {
            const double *g = loss.g.data() + o * n_, *g_error = loss.g_error.data() + o * n_;
            for (const Feature& feature : features_) {
                double sum = 0.0, absolute = 0.0, doubt = 0.0;
#pragma omp simd reduction(+ : sum, absolute, doubt)
                for (Size k = 0; k < n_; ++k) {
                    const double of = g[k] * feature.value[k];
                    sum += of;
                    absolute += std::abs(of);
                    doubt += g_error[k] * std::abs(feature.value[k]);
                }
                result_.gradient.value[feature.at(o)] += sum;
                result_.gradient.magnitude[feature.at(o)] += absolute;
                result_.gradient.rounding[feature.at(o)] += doubt;
            }
        }
    }

    // J^T G J between coefficients, of all pairs of outputs in one product.
    void add_features(const LossBlock& loss) {
        const Size count = Size(features_.size());
        if (count == 0) return;
        std::vector<double> values(std::size_t(count * n_));
        for (Size q = 0; q < count; ++q) std::copy_n(features_[q].value, n_, values.data() + q * n_);
        std::vector<std::pair<Size, Size>> pairs;
        for (Size o = 0; o < outputs_; ++o)
            for (Size other = 0; other <= o; ++other)
                if (curvature_of(loss, o, other) != nullptr) pairs.push_back({o, other});
        const Size rows = Size(pairs.size()) * count;
        scaled_.resize(std::size_t(rows * n_));
        double* row = scaled_.data();
        for (const auto& [o, other] : pairs) {
            const double* curvature = curvature_of(loss, o, other);
            for (Size q = 0; q < count; ++q, row += n_)
                for (Size k = 0; k < n_; ++k) row[k] = curvature[k] * values[q * n_ + k];
        }
        Matrix block(rows, count);
        linalg::gemm(false, true, rows, count, n_, 1.0, scaled_.data(), n_, values.data(), n_, 0.0,
                     block.data(), count, 1);
        for (Size p = 0; p < Size(pairs.size()); ++p) {
            const auto [o, other] = pairs[p];
            for (Size q = 0; q < count; ++q)
                for (Size r = 0; r < (o == other ? q + 1 : count); ++r)
                    lower(features_[q].at(o), features_[r].at(other)) += block(p * count + q, r);
            for (Size q = 0; o == other && q < count; ++q)
                for (Size k = 0; k < n_; ++k)
                    result_.magnitude[features_[q].at(o)] +=
                        std::abs(values[q * n_ + k] * scaled_[(p * count + q) * n_ + k]);
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
    OutputsOfBlocks outputs_seen_;
    std::vector<UnitRows> units_;
    std::vector<Feature> features_;
    std::vector<Form> forms_;
    std::vector<double> beside_, scaled_, absolute_;
    Matrix coupling_;  // sums of the absolute terms between forms and coefficients
    BoundarySums result_;
};

}  // namespace

BoundarySums boundary_sums(const Dataset& data, const BoundaryNetwork& network) {
    return Sums(data, network).finish();
}

}  // namespace tepui
