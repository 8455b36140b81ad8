// Argument checks: each throws an Error that names the argument, its value and what is expected.
#pragma once

#include <string>

#include "core/error.hpp"
#include "core/sizes.hpp"
#include "core/text.hpp"

namespace tepui::api {

void require_pointer(const void* pointer, const char* name);

// At least `lower`, with the same sentence for every size argument.
void require_size(Size value, Size lower, const char* name);

// 0 <= index < count.
void require_index(Size index, Size count, const char* name, const char* count_name);

// ld >= cols, and (rows - 1) * ld + cols doubles are addressable.
void require_leading_dimension(Size rows, Size cols, Size ld, const char* name, const char* cols_name);

void require_flag(std::int32_t value, const char* name);  // 0 or 1

// The value of a real argument.
void require_finite(double value, const char* name);
// count values.
void require_finite(const double* values, Size count, const char* name);
// values[i * ld + j], i < rows, j < cols; scanned by `threads` threads, the first offender is named.
void require_finite(const double* values, Size rows, Size cols, Size ld, const char* name, int threads = 1);

}  // namespace tepui::api
