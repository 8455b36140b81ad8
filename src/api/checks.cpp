#include "api/checks.hpp"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>

#include "core/parallel.hpp"
#include "core/text.hpp"

namespace tepui::api {
namespace {

constexpr Size kScanTask = Size{1} << 16;  // values a task looks at: large beside the cost of a task

// Looks at the exponent bits, so that the loop is one reduction without branches.
bool all_finite(const double* values, Size count) {
    constexpr std::uint64_t kExponent = 0x7FF0000000000000u;
    std::uint64_t found = 0;
    for (Size i = 0; i < count; ++i) {
        const auto bits = std::bit_cast<std::uint64_t>(values[i]) & kExponent;
        found |= static_cast<std::uint64_t>(bits == kExponent);
    }
    return found == 0;
}

[[noreturn]] void refuse_not_finite(const std::string& name, double value) {
    throw Error(Status::not_finite, name + " is " + number_text(value) + ", a finite number is expected");
}

[[noreturn]] void refuse_overflow(Size value, Size most, const char* name, const char* what) {
    throw Error(Status::invalid_size, std::string(name) + " is " + std::to_string(value) + ", at most " +
                                          std::to_string(most) + " is expected: " + what +
                                          " would overflow the address space");
}

}  // namespace

std::string element(const char* array, Size index) {
    return std::string(array) + "[" + std::to_string(index) + "]";
}

void require_pointer(const void* pointer, const char* name) {
    if (pointer == nullptr) {
        throw Error(Status::null_pointer, std::string(name) + " is null, a valid pointer is expected");
    }
}

void require_size(Size value, Size lower, const char* name) {
    if (value < lower) {
        throw Error(Status::invalid_size, std::string(name) + " is " + std::to_string(value) + ", at least " +
                                              std::to_string(lower) + " is expected");
    }
}

void require_index(Size index, Size count, const char* name, const char* count_name) {
    if (index < 0 || index >= count) {
        throw Error(Status::invalid_size, std::string(name) + " is " + std::to_string(index) +
                                              ", expected 0 <= " + name + " < " + count_name + " = " +
                                              std::to_string(count));
    }
}

void require_addressable(Size value, Size each, const char* name, const char* what) {
    const Size most = each == 0 ? kMostNumbers : kMostNumbers / each;
    if (value > most) refuse_overflow(value, most, name, what);
}

void require_order(Size order, const char* name, const char* what) {
    if (order > kMostOrder) refuse_overflow(order, kMostOrder, name, what);
}

void require_daughters(Size r, Size width, Size inputs) {
    const Size most = kMostNumbers / (inputs + 1) - (width - 1);
    if (r > most) refuse_overflow(r, most, "r", "the parameters of the wider network");
}

void require_shape(const Rows& shape) {
    if (shape.ld < shape.cols) {
        throw Error(Status::invalid_size, std::string(shape.ld_name) + " is " + std::to_string(shape.ld) +
                                              ", at least " + shape.cols_name + " = " +
                                              std::to_string(shape.cols) + " is expected");
    }
    require_addressable(shape.cols, 1, shape.cols_name, shape.array);
    require_addressable(shape.rows, shape.cols, shape.rows_name, shape.array);
    require_addressable(shape.ld, shape.rows, shape.ld_name, shape.array);
}

void require_flag(std::int32_t value, const char* name) {
    if (value != 0 && value != 1) {
        throw Error(Status::invalid_value,
                    std::string(name) + " is " + std::to_string(value) + ", 0 or 1 is expected");
    }
}

void require_finite(double value, const char* name) {
    if (!std::isfinite(value)) refuse_not_finite(name, value);
}

void require_finite(const double* values, Size count, const char* name) {
    if (all_finite(values, count)) return;
    const Size bad =
        std::find_if(values, values + count, [](double v) { return !std::isfinite(v); }) - values;
    refuse_not_finite(element(name, bad), values[bad]);
}

void require_finite(const double* values, Size rows, Size cols, Size ld, const char* name, int threads) {
    const Size rows_per_task = std::max<Size>(1, kScanTask / cols);
    const Size tasks = (rows + rows_per_task - 1) / rows_per_task;
    std::atomic<Size> first_bad_row{rows};
    parallel_for(threads, tasks, [&](Size task, Size) {
        const Size end = std::min(rows, (task + 1) * rows_per_task);
        for (Size i = task * rows_per_task; i < end; ++i) {
            if (all_finite(values + i * ld, cols)) continue;
            Size seen = first_bad_row.load();
            while (i < seen && !first_bad_row.compare_exchange_weak(seen, i)) {
            }
            return;
        }
    });
    const Size i = first_bad_row.load();
    if (i == rows) return;
    const double* row = values + i * ld;
    const Size j = std::find_if(row, row + cols, [](double v) { return !std::isfinite(v); }) - row;
    refuse_not_finite(element(name, i) + "[" + std::to_string(j) + "]", row[j]);
}

}  // namespace tepui::api
