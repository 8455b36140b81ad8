// The vector form of every built-in activation, each in one of the files beside this one: by the function
// that it is made of. An activation without one does not link.
#pragma once

#include "kernels/activation.hpp"

namespace tepui::kernels {

#define TEPUI_WORD(identifier, ...) \
    void evaluate_##identifier(double parameter, Size count, const double* z, const ActivationOutputs& out);
#include "vocabulary/built_in_activations.def"
#undef TEPUI_WORD

}  // namespace tepui::kernels

// In HWY_NAMESPACE: the loop over the struct Op of evaluate-inl.hpp.
#define TEPUI_ACTIVATION_LOOP(identifier, Op)                                                             \
    void identifier##_loop(double parameter, Size count, const double* z, const ActivationOutputs& out) { \
        evaluate<Op>(parameter, count, z, out);                                                           \
    }
// Once: its choice by instruction set.
#define TEPUI_ACTIVATION_DISPATCH(identifier)                                 \
    HWY_EXPORT(identifier##_loop);                                            \
    void evaluate_##identifier(double parameter, Size count, const double* z, \
                               const ActivationOutputs& out) {                \
        TEPUI_DISPATCH(identifier##_loop)(parameter, count, z, out);          \
    }
