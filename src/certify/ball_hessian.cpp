#include "certify/ball_hessian.hpp"

#include "certify/ball_product.hpp"
#include "certify/mpfr_state.hpp"

namespace tepui::balls {

BallHessianSums::BallHessianSums(const Layout& layout, const Execution& execution)
    : layout_(layout),
      execution_(execution),
      weights_(layout.width * layout.inputs, layout.width * layout.inputs),
      sides_(static_cast<std::size_t>(layout.output_count),
             BallMatrix(layout.features(), layout.width * layout.inputs)),
      coefficients_(static_cast<std::size_t>(triangle(layout.output_count)),
                    BallMatrix(layout.features(), layout.features())),
      inner_(static_cast<std::size_t>(layout.width), BallMatrix(layout.inputs, layout.inputs)) {}

void BallHessianSums::add(const BallVector& theta, const BallBlock& block) {
    for (Size o = 0; o < layout_.output_count; ++o) {
        add_output(theta, block, o);
        for (Size q = 0; q <= o; ++q) add_coefficients(block, o, q);
    }
    add_inner(theta, block);
}

// Rows a_io u'_i x and (G a_i)_o u'_i x.
void BallHessianSums::add_output(const BallVector& theta, const BallBlock& block, Size o) {
    if (layout_.width == 0) return;
    const Size d = layout_.inputs;
    BallMatrix left(layout_.width * d, block.count), right(layout_.width * d, block.count);
    for_each_task(execution_.threads, layout_.width, [&](Size i) {
        for (Size k = 0; k < block.count; ++k) {
            Ball turned;
            for (Size q = 0; q < layout_.output_count; ++q)
                turned += block.bend(packed_index(o, q), k) * theta[layout_.coefficient(i, q)];
            const Ball own = theta[layout_.coefficient(i, o)] * block.slope(i, k);
            turned = turned * block.slope(i, k);
            for (Size j = 0; j < d; ++j) {
                left(i * d + j, k) = own * block.xt(j, k);
                right(i * d + j, k) = turned * block.xt(j, k);
            }
        }
    });
    add_product(left, right, weights_, Part::lower, execution_.threads);
    add_product(block.features, right, sides_[o], Part::all, execution_.threads);
}

void BallHessianSums::add_coefficients(const BallBlock& block, Size o, Size q) {
    if (layout_.features() == 0) return;
    const Size pair = packed_index(o, q);
    BallMatrix bent(layout_.features(), block.count);
    for_each_task(execution_.threads, layout_.features(), [&](Size p) {
        for (Size k = 0; k < block.count; ++k) bent(p, k) = block.features(p, k) * block.bend(pair, k);
    });
    add_product(bent, block.features, coefficients_[pair], Part::lower, execution_.threads);
}

// H_i = sum (g . a_i) u''_i x x^T
void BallHessianSums::add_inner(const BallVector& theta, const BallBlock& block) {
    const Size d = layout_.inputs;
    for_each_task(execution_.threads, layout_.width, [&](Size i) {
        BallMatrix rows(d, block.count);
        for (Size k = 0; k < block.count; ++k) {
            Ball pull;
            for (Size o = 0; o < layout_.output_count; ++o)
                pull += block.pull(o, k) * theta[layout_.coefficient(i, o)];
            pull = pull * block.curvature(i, k);
            for (Size j = 0; j < d; ++j) rows(j, k) = pull * block.xt(j, k);
        }
        add_product(rows, block.xt, inner_[i], Part::lower, 1);
    });
}

void BallHessianSums::finish(const BallSums& sums, BallMatrix& hessian, std::vector<BallMatrix>& inner) {
    const Size d = layout_.inputs, outputs = layout_.output_count, weights = layout_.width * d;
    for (Size p = 0; p < weights; ++p)
        for (Size l = 0; l <= p; ++l) hessian(p, l) = weights_(p, l);
    for (Size i = 0; i < layout_.width; ++i) {
        mirror_lower(inner_[i]);
        for (Size j = 0; j < d; ++j)
            for (Size h = 0; h <= j; ++h) hessian(i * d + j, i * d + h) += inner_[i](j, h);
    }
    for (Size o = 0; o < outputs; ++o) {
        for (Size q = 0; q < layout_.features(); ++q) {
            const Size row = layout_.coefficient(q, o);
            for (Size p = 0; p < weights; ++p) {
                hessian(row, p) = sides_[o](q, p);
                if (p / d == q) hessian(row, p) += sums.slopes(q * outputs + o, p % d);
            }
        }
    }
    for (BallMatrix& one : coefficients_) mirror_lower(one);
    for (Size o = 0; o < outputs; ++o)
        for (Size q = 0; q < layout_.features(); ++q)
            for (Size e = 0; e < outputs; ++e)
                for (Size p = 0; p < layout_.features(); ++p)
                    hessian(layout_.coefficient(q, o), layout_.coefficient(p, e)) =
                        coefficients_[packed_index(o, e)](q, p);
    mirror_lower(hessian);
    inner = std::move(inner_);
}

}  // namespace tepui::balls
