// What is asked of samples before a data set takes them.
#pragma once

#include "network/data/dataset.hpp"

namespace tepui {

void check_sizes(const DatasetSource& source);
void check_shape(const DatasetSource& source);
// first: index of the first row and target given here.
void check_rows(const double* x, Size ldx, Size first, Size count, Size features);
void check_rows(const float* x, Size ldx, Size first, Size count, Size features);
void check_targets(const double* targets, Size first, Size count, Size outputs, const Loss& loss);
void check_values(const DatasetSource& source);
void check_weights(const double* weights, Size first, Size count);
// Of weights that were checked; null: all 1.
double checked_weight_sum(const double* weights, Size samples);

}  // namespace tepui
