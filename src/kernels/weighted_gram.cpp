#include "kernels/weighted_gram.hpp"

namespace tepui::kernels {

void weighted_gram(const double* xt, Size ldx, Size count, Size d, const GramRow* rows, Size q_count,
                   Size pair_begin, Size pair_end, double* g, Size ldg) {
    ref::weighted_gram(xt, ldx, count, d, rows, q_count, pair_begin, pair_end, g, ldg);
}

}  // namespace tepui::kernels
