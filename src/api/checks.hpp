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

// A process addresses 2^47 bytes: no caller's array is longer, and no square matrix of a larger order.
inline constexpr Size kMostNumbers = Size{1} << 44;
inline constexpr Size kMostOrder = Size{1} << 22;

// array[index], as messages name it.
std::string element(const char* array, Size index);

// value * each <= kMostNumbers, both >= 0; to be asked before any of an array is read. `what` names what
// there would be so many numbers of.
void require_addressable(Size value, Size each, const char* name, const char* what);
// A square matrix of this order is addressable.
void require_order(Size order, const char* name, const char* what);
// So are neurons of `inputs` inputs with the r daughters that one of `width` such neurons is split into.
void require_daughters(Size r, Size width, Size inputs);

// The shape and the name of a matrix of the caller.
struct Rows {
    Size rows, cols, ld;
    const char *array, *rows_name, *cols_name, *ld_name;
};
// ld >= cols, and rows * ld numbers are addressable.
void require_shape(const Rows& shape);

void require_flag(std::int32_t value, const char* name);  // 0 or 1

// The value of a real argument.
void require_finite(double value, const char* name);
// count values.
void require_finite(const double* values, Size count, const char* name);
// values[i * ld + j], i < rows, j < cols; scanned by `threads` threads, the first offender is named.
void require_finite(const double* values, Size rows, Size cols, Size ld, const char* name, int threads = 1);

}  // namespace tepui::api
