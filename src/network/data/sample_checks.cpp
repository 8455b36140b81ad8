#include "network/data/sample_checks.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "core/compensated.hpp"
#include "core/text.hpp"

namespace tepui {

void check_sizes(const DatasetSource& source) {
    if (source.samples < 1) {
        throw Error(Status::invalid_size,
                    "n is " + std::to_string(source.samples) + ", at least 1 is expected");
    }
    if (source.features < 1) {
        throw Error(Status::invalid_size,
                    "d is " + std::to_string(source.features) + ", at least 1 is expected");
    }
    if (source.ldx < source.features) {
        throw Error(Status::invalid_size, "ldx is " + std::to_string(source.ldx) + ", at least d = " +
                                              std::to_string(source.features) + " is expected");
    }
    checked_product(checked_product(source.samples, source.ldx), static_cast<Size>(sizeof(double)));
}

void check_shape(const DatasetSource& source) {
    check_sizes(source);
    if (source.x == nullptr && source.x32 == nullptr)
        throw Error(Status::null_pointer, "x is null, n x d values are expected");
    if (source.targets == nullptr) {
        throw Error(Status::null_pointer, "y is null, one value a sample is expected");
    }
}

namespace {

[[noreturn]] void refuse(Status status, const std::string& element, double value, const char* expected) {
    throw Error(status, element + " is " + number_text(value) + ", " + expected + " is expected");
}

template <class Value>
void check_each(const Value* x, Size ldx, Size first, Size count, Size features) {
    for (Size k = 0; k < count; ++k) {
        const Value* row = x + k * ldx;
        for (Size j = 0; j < features; ++j) {
            if (!std::isfinite(row[j])) {
                refuse(Status::not_finite, "x[" + std::to_string(first + k) + "][" + std::to_string(j) + "]",
                       static_cast<double>(row[j]), "a finite number");
            }
        }
    }
}

}  // namespace

void check_rows(const double* x, Size ldx, Size first, Size count, Size features) {
    check_each(x, ldx, first, count, features);
}

void check_rows(const float* x, Size ldx, Size first, Size count, Size features) {
    check_each(x, ldx, first, count, features);
}

void check_targets(const double* targets, Size first, Size count, Size outputs, const Loss& loss) {
    for (Size k = 0; k < count; ++k) {
        const double* target = targets + k * outputs;
        const std::string name = "y[" + std::to_string(first + k) + "]";
        for (Size o = 0; o < outputs; ++o) {
            if (std::isfinite(target[o])) continue;
            refuse(Status::not_finite, outputs == 1 ? name : name + "[" + std::to_string(o) + "]", target[o],
                   "a finite number");
        }
        if (const char* expected = loss.refused(outputs, target)) {
            std::string row = number_text(target[0]);
            for (Size o = 1; o < std::min<Size>(outputs, 8); ++o) row += ", " + number_text(target[o]);
            if (outputs > 8) row += ", ...";
            throw Error(Status::invalid_value, name + " is " + row + ", " + expected + " is expected");
        }
    }
}

void check_values(const DatasetSource& source) {
    if (source.x != nullptr) {
        check_rows(source.x, source.ldx, 0, source.samples, source.features);
    } else {
        check_rows(source.x32, source.ldx, 0, source.samples, source.features);
    }
    check_targets(source.targets, 0, source.samples, source.outputs, *source.loss);
}

void check_weights(const double* weights, Size first, Size count) {
    for (Size k = 0; k < count; ++k) {
        if (!std::isfinite(weights[k])) {
            refuse(Status::not_finite, "weights[" + std::to_string(first + k) + "]", weights[k],
                   "a finite number");
        }
        if (weights[k] < 0.0) {
            refuse(Status::invalid_value, "weights[" + std::to_string(first + k) + "]", weights[k],
                   "a number >= 0");
        }
    }
}

double checked_weight_sum(const double* weights, Size samples) {
    if (weights == nullptr) return static_cast<double>(samples);
    CompensatedSum sum;
    for (Size k = 0; k < samples; ++k) sum.add(weights[k]);
    const double total = sum.value();
    if (!(total > 0.0) || !std::isfinite(total))
        refuse(Status::invalid_value, "the sum of weights", total, "a finite sum > 0");
    return total;
}

}  // namespace tepui
