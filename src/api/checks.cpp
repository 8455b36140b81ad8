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

[[noreturn]] void refuse_not_finite(const std::string& element, double value) {
    throw Error(Status::not_finite, element + " is " + number_text(value) + ", a finite number is expected");
}

}  // namespace

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

void require_leading_dimension(Size rows, Size cols, Size ld, const char* name, const char* cols_name) {
    if (ld < cols) {
        throw Error(Status::invalid_size, std::string(name) + " is " + std::to_string(ld) + ", at least " +
                                              cols_name + " = " + std::to_string(cols) + " is expected");
    }
    checked_sum(checked_product(std::max<Size>(rows - 1, 0), ld), cols);
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
    refuse_not_finite(std::string(name) + "[" + std::to_string(bad) + "]", values[bad]);
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
    refuse_not_finite(std::string(name) + "[" + std::to_string(i) + "][" + std::to_string(j) + "]", row[j]);
}

}  // namespace tepui::api
