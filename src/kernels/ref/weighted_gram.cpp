// The weighted Gram of MATH.md section 1, written as it is defined.
#include "kernels/weighted_gram.hpp"

#include <algorithm>

namespace tepui::kernels::ref {

void weighted_gram(const double* xt, Size ldx, Size count, Size d, const GramRow* rows, Size q_count,
                   Size pair_begin, Size pair_end, double* g, Size ldg) {
    Size p = 0;
    for (Size i = 0; i < d; ++i) {
        for (Size j = 0; j <= i; ++j, ++p) {
            if (p < pair_begin || p >= pair_end) continue;
            for (Size q = 0; q < q_count; ++q) {
                double sum = 0;
                for (Size k = 0; k < count; ++k) {
                    const double c = rows[q].right ? rows[q].left[k] * rows[q].right[k] : rows[q].left[k];
                    sum += c * (xt[i * ldx + k] * xt[j * ldx + k]);
                }
                g[p * ldg + q] += sum;
            }
        }
    }
}

void weighted_gram(const float* xt, Size ldx, Size count, Size d, const GramRowOf<float>* rows, Size q_count,
                   Size pair_begin, Size pair_end, double* g, Size ldg) {
    Size p = 0;
    for (Size i = 0; i < d; ++i) {
        for (Size j = 0; j <= i; ++j, ++p) {
            if (p < pair_begin || p >= pair_end) continue;
            for (Size q = 0; q < q_count; ++q) {
                for (Size first = 0; first < count; first += kSingleTerms) {
                    float sum = 0;
                    for (Size k = first; k < std::min(count, first + kSingleTerms); ++k) {
                        const float c = rows[q].right ? rows[q].left[k] * rows[q].right[k] : rows[q].left[k];
                        sum += c * (xt[i * ldx + k] * xt[j * ldx + k]);
                    }
                    g[p * ldg + q] += sum;
                }
            }
        }
    }
}

}  // namespace tepui::kernels::ref
