// The weighted Gram of MATH.md section 1, written as it is defined.
#include "kernels/weighted_gram.hpp"

#include <algorithm>

namespace tepui::kernels::ref {

void weighted_gram(const PackedSamples& x, const GramRow* rows, Size q_count, PairRange pairs, double* g,
                   Size ldg) {
    Size p = 0;
    for (Size i = 0; i < x.d; ++i) {
        for (Size j = 0; j <= i; ++j, ++p) {
            if (p < pairs.begin || p >= pairs.end) continue;
            for (Size q = 0; q < q_count; ++q) {
                double sum = 0;
                for (Size k = 0; k < x.count; ++k) {
                    const double c = rows[q].right ? rows[q].left[k] * rows[q].right[k] : rows[q].left[k];
                    sum += c * (x.xt[i * x.ldx + k] * x.xt[j * x.ldx + k]);
                }
                g[p * ldg + q] += sum;
            }
        }
    }
}

void weighted_gram(const PackedSamplesOf<float>& x, const GramRowOf<float>* rows, Size q_count,
                   PairRange pairs, double* g, Size ldg) {
    Size p = 0;
    for (Size i = 0; i < x.d; ++i) {
        for (Size j = 0; j <= i; ++j, ++p) {
            if (p < pairs.begin || p >= pairs.end) continue;
            for (Size q = 0; q < q_count; ++q) {
                for (Size first = 0; first < x.count; first += kSingleTerms) {
                    float sum = 0;
                    for (Size k = first; k < std::min(x.count, first + kSingleTerms); ++k) {
                        const float c = rows[q].right ? rows[q].left[k] * rows[q].right[k] : rows[q].left[k];
                        sum += c * (x.xt[i * x.ldx + k] * x.xt[j * x.ldx + k]);
                    }
                    g[p * ldg + q] += sum;
                }
            }
        }
    }
}

}  // namespace tepui::kernels::ref
